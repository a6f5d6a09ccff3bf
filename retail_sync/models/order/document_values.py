"""Values of Odoo's documents in their canonical form, for every kind of document."""

import re
from collections.abc import Collection
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.kinds import NO_OPTIONS, Amount, Options, Quantity, to_json

# More digits than any unit of measure has; floats of sums have noise behind them.
QUANTITY_DIGITS = 6
_PRICE = Options(digits=4)
_ISO_CODE = re.compile(r"[A-Z]{3}")


def money(value: float | Decimal | None, currency: models.BaseModel | str) -> dict[str, Any] | None:
    """Return an amount in its currency, rounded to the decimals of the currency; None where it has no ISO code."""
    return _amount(value, currency)


def price(value: float | Decimal | None, currency: models.BaseModel | str) -> dict[str, Any] | None:
    """Return a price of one unit: it may have more decimals than its currency."""
    return _amount(value, currency, _PRICE)


def _amount(value: float | Decimal | None, currency: models.BaseModel | str, options: Options = NO_OPTIONS) -> Any:
    code = currency if isinstance(currency, str) else currency.name or ""
    if value is None or value is False or not _ISO_CODE.fullmatch(code):
        return None
    return to_json(Amount(Decimal(str(value)), code), "amount", options)


def quantity(value: float | Decimal | None, unit: str | None = None) -> dict[str, Any] | None:
    """Return a quantity in its unit."""
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(str(round(value, QUANTITY_DIGITS)))
    return to_json(Quantity(exact, unit or None), "quantity")


def moment(value: datetime | None) -> str | None:
    """Return a time of Odoo, which is naive and in UTC."""
    return to_json(value.replace(tzinfo=timezone.utc), "datetime") if value else None


def day(value: date | None) -> str | None:
    """Return a date."""
    return to_json(value, "date") if value else None


def named(record: models.BaseModel) -> str | None:
    """Return a record as local values name it: "odoo/<id>"."""
    return f"odoo/{record.id}" if record else None


def text(value: Any) -> str | None:
    """Return a text without surrounding blanks; None for an empty one."""
    return (str(value).strip() if value else "") or None


def joined(values: Collection[Any], separator: str = ", ") -> str | None:
    """Return texts in one, each once and in order; None for none."""
    return separator.join(dict.fromkeys(str(value) for value in values if value)) or None


def printed_address(partner: models.BaseModel) -> str | None:
    """Return the name and address of a partner as documents print them, without empty lines."""
    if not partner:
        return None
    name = partner.name or partner.parent_id.name or ""
    lines = [name, *partner._display_address(without_company=not partner.parent_id).splitlines()]
    return joined([line.strip() for line in lines], "\n")


def link_to(env: Environment, record: models.BaseModel) -> str | None:
    """Return the address at which people open a record in Odoo."""
    base = env["ir.config_parameter"].sudo().get_param("web.base.url")
    return f"{base.rstrip('/')}/odoo/{record._name}/{record.id}" if base else None
