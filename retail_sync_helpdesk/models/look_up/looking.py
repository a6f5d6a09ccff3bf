"""One look-up: who asks, in which language, and how values are written in its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone, tzinfo
from decimal import Decimal
from typing import Any

from odoo import fields
from odoo.api import Environment

from ...domain.control.caller import Caller
from ...domain.currency import ZERO, Currency

__all__ = ["Looking", "aware", "currency_of", "money", "number", "looking", "read_companies", "text"]

_DIGITS = Decimal("0.000001")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


@dataclass(frozen=True)
class Looking:
    """A caller's look at Odoo.

    :param env: with the right of the system, the language of the caller, and one of its companies
    :param at: when Odoo is asked, with its time zone
    """

    env: Environment
    caller: Caller
    at: datetime
    companies: Sequence[int] = field(default=())

    def sees(self, scope: str) -> bool:
        """Return whether the caller has a scope."""
        return scope in self.caller.scopes

    @property
    def lang(self) -> str:
        """Return the language in which names are read."""
        return self.env.lang or "en_US"

    def zone(self, company_id: int) -> tzinfo:
        """Return the time zone of a company: its days begin there."""
        zone: tzinfo = self.env["res.company"].browse(company_id)._retail_sync_zone()
        return zone

    def url(self, model: str, record_id: int) -> str:
        """Return the address at which staff open a record in Odoo; empty where Odoo knows none of its own."""
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        return f"{base.rstrip('/')}/odoo/{model}/{record_id}" if base else ""


def looking(env: Environment, caller: Caller) -> Looking:
    """Return the look of a caller: what is written and not stored yet is stored, so that SQL sees it."""
    env.flush_all()
    companies = sorted(caller.companies)
    lang = env["res.lang"]._get_code(caller.language or env.context.get("lang") or "en_US") or "en_US"
    # Without these, Odoo reads the user who stands behind, for its company and time zone.
    chosen = [company for company in env.context.get("allowed_company_ids", ()) if company in caller.companies]
    context = {"tz": "UTC", **env.context, "lang": lang, "active_test": False}
    if companies:
        context["allowed_company_ids"] = list(dict.fromkeys((*chosen, *companies)))
    return Looking(env(su=True, context=context), caller, aware(fields.Datetime.now()), tuple(companies))


def read_companies(env: Environment, company_ids: Iterable[int]) -> None:
    """Read what look-ups and the engine ask of companies, all of them together: time zone, root, credit."""
    companies = env["res.company"].with_context(prefetch_fields=False).browse(sorted(set(company_ids)))
    companies.fetch(["partner_id", "parent_path", "currency_id", "account_use_credit_limit"])
    companies.partner_id.fetch(["country_id", "tz"])


def aware(moment: datetime | None) -> Any:
    """Return a time of Odoo, which is naive and in UTC, with its zone; None for none."""
    return moment.replace(tzinfo=timezone.utc) if moment else None


def money(amount: Decimal | float | None, currency: Currency) -> str:
    """Return an amount as the API writes it."""
    return currency.text(_decimal(amount))


def currency_of(code: str, rounding: Decimal | float | str) -> Currency:
    """Return a currency as it rounds; Odoo stores its smallest unit with more digits than it has."""
    return Currency(code, Decimal(str(rounding)).normalize())


def number(value: Decimal | float | None) -> str:
    """Return a quantity or price without the noise of floats and without trailing zeros."""
    digits = f"{_decimal(value).quantize(_DIGITS).normalize() + ZERO:f}"
    return "0" if digits == "-0" else digits


def text(value: Any) -> str:
    """Return a text in one line; empty for none."""
    return _CONTROL.sub(" ", str(value)).strip() if value else ""


def _decimal(value: Decimal | float | None) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))
