"""Compute receivables, credit states and terms of commercial entities, for many partners at once."""

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

from stdnum.util import get_cc_module

from odoo import models
from odoo.api import Environment
from odoo.tools import SQL

from ...domain.credit import credit_state as rules
from ...domain.values.tax_ids import normalise_vat
from .constants import DEFAULTS, PARAM_GRACE, PARAM_NEAR_PERCENT, PARAM_OVERDUE_HOLD, PARAM_STOPS_ORDERS


def credit_settings(env: Environment) -> dict[str, Any]:
    """Return the settings of the credit state.

    The keys: near_percent (percent), overdue_hold, grace (amount in the company's currency), stops_orders.
    """
    get_param = env["ir.config_parameter"].sudo().get_param
    raw = {key: get_param(key) or default for key, default in DEFAULTS.items()}
    return {
        "near_percent": _number(raw, PARAM_NEAR_PERCENT),
        "overdue_hold": raw[PARAM_OVERDUE_HOLD] == "1",
        "grace": _number(raw, PARAM_GRACE),
        "stops_orders": raw[PARAM_STOPS_ORDERS] == "1",
    }


def _number(raw: Mapping[str, str], key: str) -> float:
    # A typing error in the system parameters must not break every order form.
    try:
        number = float(raw[key])
    except ValueError:
        number = math.nan
    return number if math.isfinite(number) else float(DEFAULTS[key])


def values(env: Environment, partners: models.BaseModel) -> dict[int, dict[str, Any]]:
    """Return {partner id: values} in the current company, with the keys of ``res.partner._retail_sync_commercial``."""
    company = env.company
    partners = partners.sudo().with_context(lang="en_US", active_test=False)
    heads = partners.commercial_partner_id
    amounts = _amounts(env, heads.ids, company)
    settings = credit_settings(env)
    blocks = partners._account_blocks(company)
    values = {}
    for partner in partners:
        head, holder = partner.commercial_partner_id, blocks.get(partner.id)
        due, overdue = amounts.get(head.id, (0.0, 0.0))
        limit = _limit(head, company)
        decision = rules.credit_state(
            limit,
            due,
            overdue,
            near_percent=settings["near_percent"],
            overdue_hold=settings["overdue_hold"],
            grace=settings["grace"],
            blocked=bool(holder),
            rounding=company.currency_id.rounding,
        )
        values[partner.id] = {
            "credit_limit": limit,
            "amount_due": due,
            "overdue_amount": overdue,
            "credit_state": decision.state,
            "credit_reason": decision.reason,
            "payment_terms": head.property_payment_term_id.name or None,
            "tax_class": head.property_account_position_id.name or None,
            "vat_status": _vat_status(env, head.vat, head.country_id.code),
            "account_block": bool(holder),
            "block_reason": holder.account_block_reason if holder else None,
            "block_until": holder.account_block_until.isoformat() if holder and holder.account_block_until else None,
        }
    return values


def _limit(head: models.BaseModel, company: models.BaseModel) -> float | None:
    """Return the credit limit or the company's default limit; None without a limit.

    Odoo neither shows nor checks limits while the company's setting is off, and treats 0 as no limit.
    """
    if not company.account_use_credit_limit:
        return None
    return head.credit_limit if head.credit_limit > 0 else None


def reason_text(env: Environment, reason: str) -> str:
    """Return the sentence that users read for the code of a reason."""
    return {
        rules.BLOCKED: env._("The account is blocked."),
        rules.OVER_LIMIT: env._("The amount due is above the credit limit."),
        rules.OVERDUE: env._("Invoices are overdue."),
        rules.LIMIT_NEAR: env._("The amount due is close to the credit limit."),
        rules.WITHIN_LIMIT: env._("The amount due is within the credit limit."),
        rules.NO_LIMIT: env._("The customer has no credit limit."),
    }[reason]


def _amounts(env: Environment, head_ids: Collection[int], company: models.BaseModel) -> dict[int, tuple[float, float]]:
    """Return {commercial partner id: (amount due, overdue amount)} of posted receivables, branches included.

    Amounts are in the company's currency. A line is overdue when its due date has passed in the company's time zone;
    unmatched payments reduce the overdue amount.
    """
    if not head_ids:
        return {}
    env["account.move.line"].flush_model(
        ["account_id", "amount_residual", "company_id", "date", "date_maturity", "parent_state", "partner_id"]
    )
    env["account.account"].flush_model(["account_type"])
    env["res.partner"].flush_model(["commercial_partner_id"])
    rows = env.execute_query(
        SQL(
            """
                SELECT partner.commercial_partner_id,
                       SUM(line.amount_residual),
                       SUM(line.amount_residual) FILTER (WHERE COALESCE(line.date_maturity, line.date) < %(today)s)
                  FROM res_partner partner
                  JOIN account_move_line line ON line.partner_id = partner.id
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_company company ON company.id = line.company_id
                 WHERE partner.commercial_partner_id = ANY(%(heads)s)
                   AND account.account_type = 'asset_receivable'
                   AND line.parent_state = 'posted'
                   AND line.reconciled IS NOT TRUE
                   AND company.parent_path LIKE %(root)s
              GROUP BY partner.commercial_partner_id
                """,
            today=company._retail_sync_today(),
            heads=list(head_ids),
            root=f"{company.root_id.id}/%",
        )
    )
    rounded = company.currency_id.round
    return {head: (rounded(due or 0.0), max(rounded(overdue or 0.0), 0.0)) for head, due, overdue in rows}


def _vat_status(env: Environment, vat: str | None, country: str | None) -> str:
    """Return 'valid', 'invalid' or 'unchecked' by the check digits of the number, without asking a registry."""
    number = normalise_vat(vat or "", country or "")
    if not number:
        return "unchecked"
    prefix = "GR" if number[:2] == "EL" else number[:2]
    checks = [
        check(part)
        for code, part in {(prefix, number[2:]), (country or "", number)}
        if code.isalpha() and (check := _vat_check(env, code))
    ]
    if not checks:
        return "unchecked"
    return "valid" if any(checks) else "invalid"


def _vat_check(env: Environment, country: str) -> Callable[[str], bool] | None:
    """Return the function that checks VAT numbers of a country, or None; base_vat's function if it is installed."""
    base_vat_check = getattr(env["res.partner"], f"check_vat_{country.lower()}", None)
    return base_vat_check or getattr(get_cc_module(country, "vat"), "is_valid", None)
