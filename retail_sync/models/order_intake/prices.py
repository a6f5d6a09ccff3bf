"""What Odoo would ask for the lines of incoming orders: one look-up per pricelist, date and quantity."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from odoo import fields, models
from odoo.api import Environment

PRICELISTS = "product.group_product_pricelist"
# One quantity stands for all where no rule of a pricelist has steps.
ANY_QUANTITY = 1.0


class Pricelists:
    """The pricelists of a company in the currencies of a page: one query, whatever is asked of them afterwards."""

    def __init__(self, env: Environment, company: models.BaseModel, currencies: Collection[str]) -> None:
        self._env, self._company = env, company
        self._used = env["res.groups"]._is_feature_enabled(PRICELISTS)
        domain = [("company_id", "in", [False, company.id])]
        self._all = env["product.pricelist"].search(domain, limit=1000) if self._used else env["product.pricelist"]
        known = env["res.currency"].search([("name", "in", [name for name in currencies if name])], limit=200)
        self._currencies = {currency.name: currency for currency in known}

    def names(self) -> list[str]:
        """Return the currencies in which the company sells."""
        return sorted({self._company.currency_id.name, *self._all.currency_id.mapped("name")})

    def choose(self, tree: Any) -> tuple[models.BaseModel, models.BaseModel]:
        """Return (currency, pricelist) of an order; no currency where the company does not sell in that one.

        The pricelist of the rule counts, then the customer's, then the first of the company in that currency. The
        company's currency needs none.
        """
        named = tree.main.get("currency")
        currency = self._currencies.get(named, self._env["res.currency"]) if named else self._company.currency_id
        none = self._env["product.pricelist"]
        if not currency or not self._used:
            return (currency if currency == self._company.currency_id else currency.browse()), none
        assigned = tree.partner.with_env(self._env).property_product_pricelist if tree.partner else none
        for pricelist in (tree.route.pricelist_id.with_env(self._env), assigned, *self._all):
            if pricelist.active and pricelist.currency_id == currency:
                return currency, pricelist
        return (currency if currency == self._company.currency_id else currency.browse()), none


def taxes_of(product: models.BaseModel, company: models.BaseModel) -> models.BaseModel:
    """Return the sales taxes of a product in a company, before the fiscal position."""
    return product.taxes_id._filter_taxes_by_company(company)


def fiscal_positions(env: Environment, trees: Sequence[Any]) -> dict[tuple[int, int], models.BaseModel]:
    """Return {(customer id, delivery id): fiscal position}, and note it on the trees: one look-up per customer."""
    found: dict[tuple[int, int], models.BaseModel] = {}
    positions = env["account.fiscal.position"]
    for tree in trees:
        key = (tree.partner.id, tree.delivery.id)
        if key not in found:
            partner, delivery = tree.partner.with_env(env), tree.delivery.with_env(env)
            found[key] = positions._get_fiscal_position(partner, delivery)
        tree.position = found[key]
    return found


def net_prices(
    env: Environment,
    company: models.BaseModel,
    trees: Sequence[Any],
    positions: dict[tuple[int, int], models.BaseModel],
    today: date,
) -> dict[str, dict[str, Decimal]]:
    """Return {external id: {line key: Odoo's price of one, discounts taken off}}, as an order line would have it."""
    steps = _with_steps(env)
    asked: dict[tuple[Any, Any, date, float], set[int]] = defaultdict(set)
    wanted: list[tuple[Any, str, tuple[Any, Any, date, float], Any]] = []
    for tree in trees:
        if not tree.currency:
            continue
        for line in tree.lines:
            product = tree.products.get(line.key)
            if product is None:
                continue
            quantity = float(line.quantity or 0) or ANY_QUANTITY
            stepped = tree.pricelist.id in steps
            key = (tree.pricelist, tree.currency, tree.date(today), quantity if stepped else ANY_QUANTITY)
            asked[key].add(product.id)
            wanted.append((tree, line.key, key, product))
    answered = {}
    for key, ids in asked.items():
        pricelist, currency, day, quantity = key
        answered[key] = pricelist._compute_price_rule(
            env["product.product"].browse(sorted(ids)),
            quantity,
            currency=currency,
            date=fields.Datetime.now() if day >= today else datetime.combine(day, time(12)),
        )
    found: dict[str, dict[str, Decimal]] = {tree.external_id: {} for tree in trees}
    for tree, line_key, key, product in wanted:
        price = answered[key][product.id][0]
        taxes = taxes_of(product, company)
        if taxes:
            price = product._get_tax_included_unit_price_from_price(
                price, product_taxes=taxes, fiscal_position=positions[(tree.partner.id, tree.delivery.id)]
            )
        found[tree.external_id][line_key] = Decimal(str(round(price, 6)))
    return found


def _with_steps(env: Environment) -> set[int]:
    """Return the ids of pricelists whose prices may depend on the quantity, by a rule of remote or of another one."""
    items = env["product.pricelist.item"].search_fetch(
        ["|", ("min_quantity", ">", 1), ("base", "=", "pricelist")], ["pricelist_id"], limit=100000
    )
    return set(items.pricelist_id.ids)
