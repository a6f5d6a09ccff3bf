"""Transforms of documents, both ways: amounts, quantities, moments, keyed lines and lists in one text.

Nothing is converted and nothing is rounded anew: an amount of another currency than that of the record has no place in
a field that holds a bare number, and is left out.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..canonical.kinds import NO_OPTIONS, KindError, Options, to_json
from ..canonical.schema import ABSENT, Value
from ..values.text import single_line
from .transform_registry import TransformContext, TransformError, inverse, register

# Characters that a long text holds where nothing else is known of it.
LONG_TEXT = 131072
SHORT_TEXT = 255
LINES_VERSION = 1
# Ends a list of which not all members found room.
MORE = "…"
_UTC = Options(zone="UTC")


@register("amount")
def amount(value: Any, ctx: TransformContext) -> Any:
    """A number as money of the record's currency, see ``_currency``.

    Option ``digits``: decimals of a price of one unit, which may have more than its currency.
    """
    currency = _currency(ctx)
    if not currency:
        ctx.warn("The currency of the amount is not known; it was left out.")
        return ABSENT
    return _canonical({"amount": value, "currency": currency}, "amount", ctx)


@inverse("amount")
def amount_out(value: Any, ctx: TransformContext) -> Any:
    """The number of an amount whose currency is the record's; nothing of any other amount.

    Option ``digits``: see ``amount``. Option ``currency_noted``: the caller says itself that amounts are left out.
    """
    found = _canonical(value, "amount", ctx)
    if found is None:
        return None
    currency = _currency(ctx)
    if found["currency"] != currency and ctx.options.get("currency_noted"):
        return ABSENT
    if found["currency"] != currency:
        ctx.warn(
            f"The amount is in {found['currency']}, and the record's amounts are in {currency}; it was not sent."
            if currency
            else "The currency of the record's amounts is not known; the amount was not sent."
        )
        return ABSENT
    return _number(found["amount"], ctx)


def _currency(ctx: TransformContext) -> str:
    """Return the currency of the record: option ``currency_field`` names a field of it, else option ``currency``."""
    field = ctx.options.get("currency_field")
    found = (ctx.record.get(field) if field else None) or ctx.options.get("currency") or ""
    return str(found).strip().upper()


@register("amount_text")
def amount_text(value: Any, ctx: TransformContext) -> Any:
    """A text such as "12.50 EUR" as an amount."""
    number, _blank, currency = (single_line(value) or "").rpartition(" ")
    return _canonical({"amount": number, "currency": currency}, "amount", ctx) if number or currency else None


@inverse("amount_text")
def amount_text_out(value: Any, ctx: TransformContext) -> Any:
    found = _canonical(value, "amount", ctx)
    return None if found is None else f"{found['amount']} {found['currency']}"


@register("quantity")
def quantity(value: Any, ctx: TransformContext) -> Any:
    """A number as a quantity; option ``unit``: of what."""
    return _canonical({"quantity": value, "unit": ctx.options.get("unit")}, "quantity", ctx)


@inverse("quantity")
def quantity_out(value: Any, ctx: TransformContext) -> Any:
    """The number of a quantity; its unit is the record's."""
    found = _canonical(value, "quantity", ctx)
    return None if found is None else _number(found["quantity"], ctx)


@register("datetime")
def moment(value: Any, ctx: TransformContext) -> Any:
    """A moment in UTC; a text without a zone is in UTC."""
    return _canonical(value, "datetime", ctx)


@inverse("datetime")
def moment_out(value: Any, ctx: TransformContext) -> Any:
    """ISO 8601 in UTC with the letter Z, to the second."""
    return _canonical(value, "datetime", ctx)


@register("lines_json")
def lines_json(value: Any, ctx: TransformContext) -> Any:
    """JSON text {"v": 1, "lines": [...]} as keyed lines; lines that found no room in the text are not there."""
    try:
        found = json.loads(str(value))
    except ValueError:
        raise TransformError("BAD_LINES", "The text is no JSON.", ctx.field) from None
    lines = found.get("lines") if isinstance(found, dict) else None
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise TransformError("BAD_LINES", "The text has no list of lines.", ctx.field)
    if found.get("v") != _version(ctx):
        raise TransformError("BAD_LINES", f"Lines of version {found.get('v')!r} can't be read.", ctx.field)
    return lines or None


@inverse("lines_json")
def lines_json_out(value: Any, ctx: TransformContext) -> Any:
    """Keyed lines as compact JSON that always fits: {"v": 1, "lines": [...]}, or with "more": how many are left out.

    Option ``drop``: which lines are left out where not all have room, "last" (default) or "first" (the oldest entries
    of a timeline). Equal lines are equal text. For the length see ``_room``.
    """
    if not isinstance(value, Sequence) or isinstance(value, str) or not all(isinstance(v, Mapping) for v in value):
        raise TransformError("BAD_LINES", "A list of lines is expected.", ctx.field)
    room = _room(ctx, LONG_TEXT)
    try:
        texts = [_compact(_filled(line)) for line in value]
    except (TypeError, ValueError):
        raise TransformError("BAD_LINES", "A line holds a value that JSON has no form for.", ctx.field) from None
    version = _version(ctx)
    whole = _joined(version, texts, 0)
    if _length(whole) <= room:
        return whole
    oldest_first = ctx.options.get("drop") == "first"
    kept, left = (texts[::-1] if oldest_first else texts), room - _length(_joined(version, [], len(texts)))
    if left < 0:
        raise TransformError("TOO_LONG", f"Lines have no place in a text of {room} characters.", ctx.field)
    count = 0
    for text in kept:
        left -= _length(text) + 1
        if left < -1:  # the last line needs no comma
            break
        count += 1
    kept = kept[:count][::-1] if oldest_first else kept[:count]
    ctx.warn(f"{len(texts) - count} of {len(texts)} lines have no room in the field; they were left out.")
    return _joined(version, kept, len(texts) - count)


def _joined(version: int, texts: Sequence[str], more: int) -> str:
    left_out = f'"more":{more},' if more else ""
    return f'{{"v":{version},{left_out}"lines":[{",".join(texts)}]}}'


def _version(ctx: TransformContext) -> int:
    return int(ctx.options.get("version") or LINES_VERSION)


def _compact(line: Mapping[str, Any]) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _filled(value: Any) -> Any:
    """Return a value without what is empty in it: it takes room and says nothing."""
    if isinstance(value, Mapping):
        return {str(name): _filled(inner) for name, inner in value.items() if inner is not None}
    return [_filled(inner) for inner in value] if isinstance(value, (list, tuple)) else value


@register("list_text")
def list_text(value: Any, ctx: TransformContext) -> Value:
    """A list in one text, as it stands."""
    return single_line(value)


@inverse("list_text")
def list_text_out(value: Any, ctx: TransformContext) -> Value:
    """Members joined by commas, in whole ones as many as the field holds; for texts to search, not to read back."""
    text = single_line(value)
    room = _room(ctx, SHORT_TEXT)
    if not text or _length(text) <= room:
        return text
    found = ""
    for member in text.split(","):
        longer = f"{found},{member}" if found else member
        if _length(longer) + len(MORE) + 2 > room:
            break
        found = longer
    ctx.warn("The list is longer than the field; its end was left out.")
    return f"{found}, {MORE}" if found else MORE


def _room(ctx: TransformContext, usual: int) -> int:
    """Return how many characters the field holds.

    Option ``lengths``: {canonical field: characters}, as the platform says of its fields; ``length``: of the row.
    """
    known = (ctx.options.get("lengths") or {}).get(ctx.field) or ctx.options.get("length") or usual
    return int(known)


def _length(text: str) -> int:
    # Platforms count as Java does, where a character beyond the basic plane is two.
    return len(text) + sum(char > "\uffff" for char in text)


def _canonical(value: Any, kind: str, ctx: TransformContext) -> Any:
    options = {"datetime": _UTC, "amount": Options(digits=ctx.options.get("digits"))}.get(kind, NO_OPTIONS)
    try:
        return to_json(value, kind, options)
    except KindError as error:
        raise TransformError(error.code, str(error), ctx.field) from None


def _number(text: str, ctx: TransformContext) -> Any:
    """Return a number as JSON carries it; one with more digits than that is left out."""
    number = Decimal(text)
    found = int(number) if number == number.to_integral_value() and abs(number) < 10**15 else float(number)
    if Decimal(repr(found)) != number:
        ctx.warn("The number has more digits than can be sent exactly; it was not sent.")
        return ABSENT
    return found
