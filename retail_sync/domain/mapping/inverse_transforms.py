"""Inverses of the named transforms: how a canonical value is written where the transform reads it.

What goes out must come back as the same canonical value, or the next read would look like an edit of the other side.
Texts that are canonical already go out as they are. ``html_text`` has no inverse: what mark-up it wrote is lost.
"""

from collections.abc import Mapping
from datetime import date as date_type
from typing import Any

from ..canonical.kinds import KindError, split_reference
from ..canonical.schema import ABSENT, Value
from ..values.countries import country_name
from ..values.text import clean_text, single_line
from .transform_registry import INVERSES, Inverse, TransformContext, TransformError, inverse, inverse_of
from .transforms import number as read_number

__all__ = ["INVERSES", "Inverse", "inverse", "inverse_of"]

_FIRST, _MIDDLE, _LAST = "first", "middle", "last"


@inverse("trim")
def trim_out(value: Any, ctx: TransformContext) -> Value:
    return (value.strip() or None) if isinstance(value, str) else value


# Each of these transforms reads its own canonical form as what it is.
@inverse("text")
@inverse("lower")
def text_out(value: Any, ctx: TransformContext) -> Value:
    return clean_text(value)


@inverse("line")
@inverse("email")
@inverse("phone_e164")
@inverse("state")
@inverse("url")
@inverse("vat")
@inverse("language")
def line_out(value: Any, ctx: TransformContext) -> Value:
    return single_line(value)


@inverse("country")
def country_out(value: Any, ctx: TransformContext) -> Value:
    """The ISO code; with option ``write`` = "name" the English name, for a field that people read."""
    code = single_line(value)
    return country_name(code) if code and ctx.options.get("write") == "name" else code


@inverse("bool", takes_empty=True)
def boolean_out(value: Any, ctx: TransformContext) -> Value:
    """Empty is no, as everywhere in the engine: a checkbox can't be emptied."""
    return bool(value) != bool(ctx.options.get("invert"))


def _alike(left: Any, right: Any) -> bool:
    """Equal, and no mix-up of 1 with True."""
    return left == right and isinstance(left, bool) == isinstance(right, bool)


@inverse("value_map", takes_empty=True)
def value_map_out(value: Any, ctx: TransformContext) -> Value:
    """The first remote value in the map that stands for this one; "" in the map is an empty remote field.

    "*" matches every value without a name of its own, so it has no single value on the way out.
    """
    mapping: Mapping[str, Any] = ctx.options.get("value_map") or {}
    named = [(remote, canonical) for remote, canonical in mapping.items() if remote != "*"]
    for remote, canonical in named:
        if _alike(canonical, value):
            return remote or None
    if value is None:
        return None
    for remote, canonical in named:
        if isinstance(canonical, str) and canonical.casefold() == str(value).casefold():
            return remote or None
    raise TransformError("VALUE_NOT_MAPPED", f"The value map has no remote value for {value!r}.", ctx.field)


@inverse("multi")
def multi_out(value: Any, ctx: TransformContext) -> Value:
    """Option ``value_map`` is read backwards; a member that only it could have renamed can't be written."""
    separator = ctx.options.get("separator", ";")
    mapping: Mapping[str, Any] = ctx.options.get("value_map") or {}
    backwards = {str(canonical): remote for remote, canonical in reversed(list(mapping.items()))}
    members = []
    for member in filter(None, map(single_line, str(value).split(";"))):
        remote = backwards.get(member, member)
        if (remote == member and str(mapping.get(member, member)) != member) or separator in remote:
            raise TransformError("VALUE_NOT_MAPPED", f"The value map has no remote value for {member!r}.", ctx.field)
        members.append(remote)
    return separator.join(members) or None


@inverse("date")
def date_out(value: Any, ctx: TransformContext) -> Value:
    text = str(value).strip()
    if not text:
        return None
    try:
        return date_type.fromisoformat(text[:10]).isoformat()
    except ValueError:
        raise TransformError("BAD_DATE", f"{text!r} is not a date.", ctx.field) from None


@inverse("number")
def number_out(value: Any, ctx: TransformContext) -> Value:
    """Option ``digits``: decimals to send, for a field that refuses more."""
    if value == "":
        return None
    amount: float = read_number(value, ctx)
    digits = ctx.options.get("digits")
    return amount if digits is None or isinstance(amount, int) else round(amount, int(digits)) + 0.0


@inverse("street_line1", joins="\n")
@inverse("street_rest", joins="\n", rank=1)
def street_out(value: Any, ctx: TransformContext) -> Value:
    return single_line(value)


def name_parts(path: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Remote fields of a person's name: by options, else as the path joins them, else FirstName and LastName."""
    parts = {name: options[name] for name in (_FIRST, _MIDDLE, _LAST) if options.get(name)}
    if parts:
        return {_FIRST: "FirstName", _LAST: "LastName", **parts}
    for alternative in path.split("|"):
        joined = [part.strip() for part in alternative.split("+") if part.strip()]
        if len(joined) > 1:
            return {_FIRST: joined[0], **({_MIDDLE: joined[1]} if len(joined) > 2 else {}), _LAST: joined[-1]}
    return {_FIRST: "FirstName", _LAST: "LastName"}


@inverse("person_name", takes_empty=True, parts=name_parts, reads=("first_name", "last_name"))
def person_name_out(value: Any, ctx: TransformContext) -> dict[str, Value]:
    """{path of the first name: ..., path of the last name: ...}; a field for the middle name is emptied.

    Canonical first and last names win, where known. Else the parts that the remote record has stay together as long as
    they begin or end the name: "Ludwig van Beethoven" keeps its last name when the first one is corrected. Else the
    last word is the last name.
    """
    parts = name_parts("", ctx.options)
    first, last = _split_name(single_line(value) if value else None, ctx, parts)
    names = {parts[_FIRST]: first, parts[_LAST]: last}
    return {parts[_MIDDLE]: None, **names} if _MIDDLE in parts else names


def _split_name(name: str | None, ctx: TransformContext, parts: Mapping[str, str]) -> tuple[Value, Value]:
    first, last = (single_line(ctx.out.get(key) or "") for key in ("first_name", "last_name"))
    if last:
        return first, last
    if not name:
        return first, None
    if first and name.startswith(f"{first} "):
        return first, name[len(first) + 1 :]
    head, tail = (_known(ctx, parts[key]) for key in (_FIRST, _LAST))
    if tail and name.endswith(f" {tail}"):
        return name[: -len(tail) - 1], tail
    if head and name.startswith(f"{head} "):
        return head, name[len(head) + 1 :]
    rest, _blank, word = name.rpartition(" ")
    return rest or None, word


def _known(ctx: TransformContext, path: str) -> str | None:
    value = ctx.record.get(path)
    return single_line(value) if isinstance(value, str) else None


@inverse("ref")
def ref_out(value: Any, ctx: TransformContext) -> Any:
    """The id of an "Object/id" of the row's own ``object``; any other reference has no place in the field."""
    wanted = ctx.options.get("object")
    try:
        remote_object, external_id = split_reference(str(value))
    except KindError:
        ctx.warn(f"{value!r} is no reference of the form Object/id; it was not sent.")
        return ABSENT
    if remote_object == "odoo":
        ctx.warn("The record it refers to is not on the other side yet; the reference was not sent.")
        return ABSENT
    if not wanted:
        raise TransformError("BAD_MAPPING", "Transform 'ref' needs the option 'object'.", ctx.field)
    if remote_object != wanted:
        ctx.warn(f"The field takes a reference to {wanted}, not to {remote_object}; it was not sent.")
        return ABSENT
    return external_id
