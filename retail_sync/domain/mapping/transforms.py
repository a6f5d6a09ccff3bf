"""Named value transforms: what a mapping row may do to a value on its way into canonical form.

Each takes a value that is not empty and returns a canonical value, ``None`` (cleared) or ``ABSENT`` (nothing usable was
received: leave the field alone). What can be kept is kept with a warning; what can't raises ``TransformError``.
Adapters add their own with ``@register("name")``.
"""

import html
import math
import re
from collections.abc import Callable
from datetime import date as date_type
from datetime import datetime, timezone
from typing import Any

from ..canonical.schema import ABSENT, Value, make_ref
from ..values.countries import country_code, language_code
from ..values.phones import parse_phone
from ..values.tax_ids import normalise_vat
from ..values.text import clean_text, single_line
from . import document_transforms  # noqa: F401 - registers its transforms
from .streets import street_rest as rest_of_street
from .transform_registry import TRANSFORMS, TransformContext, TransformError, register, takes_empty, transform

__all__ = ["TRANSFORMS", "TransformContext", "TransformError", "register", "takes_empty", "transform"]

_TRUE = {"true", "t", "1", "yes", "y", "on", "x", "ja", "j", "si", "sí", "oui", "wahr"}
_FALSE = {"false", "f", "0", "no", "n", "off", "nein", "non", "falsch"}
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+-]*:(?!\d)", re.IGNORECASE)  # "mailto:", but not "host:8080"
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
# Schemes that a browser runs or shows in the name of the page with the link, whatever blanks stand between.
_RUN_BY_BROWSERS = ("javascript:", "vbscript:", "data:")


@register("trim")
def trim(value: Any, ctx: TransformContext) -> Value:
    return (value.strip() or None) if isinstance(value, str) else value


@register("text")
def text(value: Any, ctx: TransformContext) -> Value:
    return clean_text(value)


@register("line")
def line(value: Any, ctx: TransformContext) -> Value:
    return single_line(value)


@register("lower")
def lower(value: Any, ctx: TransformContext) -> Value:
    cleaned = clean_text(value)
    return cleaned.lower() if cleaned else None


@register("email")
def email(value: Any, ctx: TransformContext) -> Value:
    """Lower-case domain; the local part keeps its case, which some servers tell apart."""
    came = single_line(value)
    if not came:
        return None
    mailbox = came[7:] if came.lower().startswith("mailto:") else came
    if mailbox.startswith("<") and mailbox.endswith(">"):
        mailbox = mailbox[1:-1]
    mailbox = mailbox.strip()
    if len(mailbox) > 254 or not _EMAIL.fullmatch(mailbox) or ".." in mailbox:
        ctx.warn(f"{came!r} is not a valid e-mail address; kept as it came.")
        return came
    local, _at, domain = mailbox.rpartition("@")
    return f"{local}@{domain.lower()}"


@register("phone_e164")
def phone_e164(value: Any, ctx: TransformContext) -> Value:
    came = single_line(value)
    if not came:
        return None
    # Two lines are two numbers, which one line would join.
    number, problem = parse_phone("\n".join(map(str.strip, str(clean_text(value)).splitlines())), ctx.country())
    if not came.startswith("+"):
        ctx.read_in_country[ctx.field] = came
    if problem:
        ctx.warn(problem)
        return came
    return number


@register("country")
def country(value: Any, ctx: TransformContext) -> Any:
    return _known_code(value, country_code, "country", ctx)


def _known_code(value: Any, find: Callable[[str], str | None], noun: str, ctx: TransformContext) -> Any:
    came = single_line(value)
    if not came:
        return None
    code = find(came)
    if code is None:
        # Clearing the field because of a typing error would lose what was known.
        ctx.warn(f"{came!r} is not a known {noun}; the {noun} was left as it is.")
        return ABSENT
    return code


@register("state")
def state(value: Any, ctx: TransformContext) -> Value:
    """Odoo's code of a state, read in the record's country, else in the default one; else the text as it came.

    Option ``states``: those that Odoo knows. ``listed_states``: {country: {the platform's code: its label}}.
    A state of a country that could not be read is kept as it came: the default country is not meant.
    """
    came = single_line(value)
    states = ctx.options.get("states")
    if not came or states is None or "country" in ctx.unread:
        return came
    country = str(ctx.out.get("country") or "")
    default = str(ctx.options.get("default_country") or "")
    found = states.find(came, country, default, ctx.options.get("listed_states"))
    if found is None:
        return came
    return str(found.code if country else found.qualified)


@register("street_line1")
def street_line1(value: Any, ctx: TransformContext) -> Value:
    cleaned = clean_text(value)
    return single_line(cleaned.split("\n", 1)[0]) if cleaned else None


@register("street_rest")
def street_rest(value: Any, ctx: TransformContext) -> Value:
    cleaned = clean_text(value)
    return rest_of_street(cleaned) if cleaned else None


@register("language")
def language(value: Any, ctx: TransformContext) -> Any:
    return _known_code(value, language_code, "language", ctx)


@register("bool")
def boolean(value: Any, ctx: TransformContext) -> Value:
    """Option ``invert`` turns it round, for a remote field that says the opposite."""
    if isinstance(value, bool):
        result = value
    elif isinstance(value, (int, float)) and value in (0, 1):
        result = bool(value)
    else:
        word = str(value).strip().lower()
        if word not in _TRUE and word not in _FALSE:
            raise TransformError("BAD_BOOLEAN", f"{value!r} is neither yes nor no.", ctx.field)
        result = word in _TRUE
    return not result if ctx.options.get("invert") else result


@register("vat")
def vat(value: Any, ctx: TransformContext) -> Value:
    came = single_line(value)
    if not came:
        return None
    number = normalise_vat(came, ctx.country())
    ctx.read_in_country[ctx.field] = came
    if number is None:
        ctx.warn(f"{came!r} is no tax ID; taken as empty.")
    return number


@register("value_map", takes_empty=True)
def value_map(value: Any, ctx: TransformContext) -> Any:
    """Option ``value_map``: {remote value: canonical value}, where "*" stands for any value that is not in it."""
    mapping = ctx.options.get("value_map") or {}
    key = "" if value is None else str(value).strip()
    if key in mapping:
        return mapping[key]
    for known, canonical in mapping.items():
        if str(known).casefold() == key.casefold():
            return canonical
    if "*" in mapping:
        return mapping["*"]
    if value is None:
        return None
    raise TransformError("VALUE_NOT_MAPPED", f"The value map has no entry for {value!r}.", ctx.field)


@register("html_text")
def html_text(value: Any, ctx: TransformContext) -> Value:
    """Plain text as simple HTML: a paragraph per blank line, ``<br>`` per line break, all mark-up escaped."""
    cleaned = clean_text(value)
    if not cleaned:
        return None
    paragraphs = re.split(r"\n\s*\n", cleaned)
    return "".join("<p>" + html.escape(part.strip("\n")).replace("\n", "<br>") + "</p>" for part in paragraphs)


@register("person_name")
def person_name(value: Any, ctx: TransformContext) -> Value:
    """One line, as a joined path ("FirstName+LastName|Name") gives it."""
    return single_line(value)


@register("url")
def url(value: Any, ctx: TransformContext) -> Any:
    """A URL without a scheme gets ``http://``, as Odoo itself writes it: else each read looks like an edit."""
    came = single_line(value)
    if not came:
        return None
    if "".join(char for char in came if char > " ").lower().startswith(_RUN_BY_BROWSERS):
        ctx.warn(f"{came[:40]!r} is a program and no web address; it was left out.")
        return ABSENT
    match = _SCHEME.match(came)
    scheme, rest = (match.group(1).lower(), came[match.end() :]) if match else ("http", came.lstrip("/"))
    if scheme not in ("http", "https") or " " in rest or not rest or (not match and _OTHER_SCHEME.match(rest)):
        ctx.warn(f"{came!r} is not a web address; kept as it came.")
        return came
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower()}{slash}{path}" if path else f"{scheme}://{host.lower()}"


@register("date")
def date(value: Any, ctx: TransformContext) -> Value:
    """``YYYY-MM-DD`` of an ISO date or date-time, read in UTC."""
    came = str(value).strip()
    try:
        if len(came) == 10:
            return date_type.fromisoformat(came).isoformat()
        moment = datetime.fromisoformat(came.replace("Z", "+00:00"))
    except ValueError:
        raise TransformError("BAD_DATE", f"{came!r} is not a date.", ctx.field) from None
    return (moment.astimezone(timezone.utc) if moment.tzinfo else moment).date().isoformat()


@register("number")
def number(value: Any, ctx: TransformContext) -> Value:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        result = value
    else:
        came = str(value).strip()
        try:
            result = int(came) if came.lstrip("+-").isdigit() else float(came)
        except ValueError:
            raise TransformError("BAD_NUMBER", f"{came!r} is not a number.", ctx.field) from None
    if isinstance(result, float) and not math.isfinite(result):
        raise TransformError("BAD_NUMBER", f"{value!r} is not a finite number.", ctx.field)
    return result


@register("multi")
def multi(value: Any, ctx: TransformContext) -> Value:
    """A multi-select value ("b;a;b") as its sorted members ("a;b"); option ``value_map`` translates them."""
    separator = ctx.options.get("separator", ";")
    mapping = ctx.options.get("value_map") or {}
    raw = value if isinstance(value, (list, tuple)) else str(value).split(separator)
    members = {single_line(member) for member in raw} - {None}
    return ";".join(sorted({str(mapping.get(member, member)) for member in members})) or None


@register("ref")
def ref(value: Any, ctx: TransformContext) -> Value:
    """Option ``object``: the remote object the id belongs to -> "Object/id"."""
    external_id = single_line(value)
    if not external_id:
        return None
    remote_object = ctx.options.get("object")
    if not remote_object:
        raise TransformError("BAD_MAPPING", "Transform 'ref' needs the option 'object'.", ctx.field)
    return make_ref(remote_object, external_id)
