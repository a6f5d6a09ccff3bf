"""Inverses of the named transforms: how a canonical value is written where the transform reads it.

What goes out must come back as the same canonical value, or the next read would look like an edit of the other side.
Texts that are canonical already go out as they are. ``html_text`` has no inverse: what mark-up it wrote is lost.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import date as date_type
from typing import Any

from ..canonical.kinds import KindError, split_reference
from ..canonical.schema import ABSENT, Value
from ..values.countries import country_name
from ..values.text import clean_text, single_line
from .person_names import FIRST, LAST, MIDDLE, SUFFIX, divide
from .streets import join_street
from .transform_registry import INVERSES, Inverse, TransformContext, TransformError, inverse, inverse_of
from .transforms import number as read_number

__all__ = ["INVERSES", "Inverse", "inverse", "inverse_of"]

# Parts of a name that a platform with these two may have besides, and joins into the name itself.
_STANDARD = {FIRST: "FirstName", LAST: "LastName"}
_BESIDE = {MIDDLE: "MiddleName", SUFFIX: "Suffix"}


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
@inverse("url")
@inverse("vat")
@inverse("language")
def line_out(value: Any, ctx: TransformContext) -> Value:
    return single_line(value)


@inverse("state")
def state_out(value: Any, ctx: TransformContext) -> Value:
    """The platform's own code where it has a list, else the ISO code, or the name where a name stands there now.

    Options ``states`` and ``listed_states`` as of the transform; without them the text as it is.
    """
    text = single_line(value)
    states = ctx.options.get("states")
    if not text or states is None:
        return text
    listed = ctx.options.get("listed_states")
    country = str(ctx.out.get("country") or "")
    known = states.known(country, text) or states.find(
        text, country, str(ctx.options.get("default_country") or ""), listed
    )
    present = ctx.present if isinstance(ctx.present, str) else None
    return str(states.written(known, listed, present)) if known else text


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


def name_parts(path: str, options: Mapping[str, Any]) -> dict[str, str]:
    """Remote fields of a person's name: by options, else as the path joins them, else FirstName and LastName.

    Where it is those two, MiddleName and Suffix belong to the name as well.
    """
    parts = _named_parts(path, options)
    if all(parts[part] == name for part, name in _STANDARD.items()):
        return {**_BESIDE, **parts}
    return parts


def _named_parts(path: str, options: Mapping[str, Any]) -> dict[str, str]:
    parts = {name: options[name] for name in (FIRST, MIDDLE, LAST, SUFFIX) if options.get(name)}
    if parts:
        return {**_STANDARD, **parts}
    for alternative in path.split("|"):
        joined = [part.strip() for part in alternative.split("+") if part.strip()]
        if len(joined) > 1:
            return {FIRST: joined[0], **({MIDDLE: joined[1]} if len(joined) > 2 else {}), LAST: joined[-1]}
    return dict(_STANDARD)


@inverse("street_line1", joins="\n", joined=join_street)
@inverse("street_rest", joins="\n", rank=1, joined=join_street)
def street_out(value: Any, ctx: TransformContext) -> Value:
    return single_line(value)


@inverse("person_name", takes_empty=True, parts=name_parts, reads=("first_name", "last_name"))
def person_name_out(value: Any, ctx: TransformContext) -> dict[str, Value]:
    """{path of the first name: ..., path of the last name: ...}; of a known record only the parts that change.

    Canonical first and last names win, where known. Else the parts are divided so that together they make the name,
    and as few of the record's parts change as possible. See ``person_names``.
    """
    paths = name_parts("", ctx.options)
    name = single_line(value) if value else None
    first, last = (single_line(ctx.out.get(key) or "") for key in ("first_name", "last_name"))
    if not last and name and first and name.startswith(f"{first} "):
        last = name[len(first) + 1 :]
    raw = {part: ctx.record[path] for part, path in paths.items() if path in ctx.record}
    known = {part: single_line(text) if isinstance(text, str) else None for part, text in raw.items()}
    if last or not name or not known.get(LAST):
        if not last and name:
            rest, _blank, last = name.rpartition(" ")
            first = first or rest or None
        others = {part: None for part in (MIDDLE, SUFFIX) if known.get(part)}
        return {paths[part]: text for part, text in {**others, FIRST: first, LAST: last}.items()}
    shown = ctx.present if isinstance(ctx.present, str) else None
    division = divide(name, known, shown, _open_parts(paths, ctx.allowed))
    for part in division.stuck:
        ctx.warn(f"{paths[part]} can't be written, and the name over there keeps it.")
    return {paths[part]: text for part, text in division.parts.items() if text != known.get(part)}


def _open_parts(paths: Mapping[str, str], allowed: AbstractSet[str] | None) -> frozenset[str]:
    return frozenset(part for part, path in paths.items() if allowed is None or path in allowed)


@inverse("ref")
def ref_out(value: Any, ctx: TransformContext) -> Any:
    """The id of an "Object/id" of the row's own ``object``; any other reference has no place in the field.

    Option ``alternative``: another row takes references to other objects, and this one is empty then.
    """
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
    if remote_object != wanted and ctx.options.get("alternative"):
        # Another row of the field takes it; what stood here before is not the reference any more.
        return None
    if remote_object != wanted:
        ctx.warn(f"The field takes a reference to {wanted}, not to {remote_object}; it was not sent.")
        return ABSENT
    return external_id
