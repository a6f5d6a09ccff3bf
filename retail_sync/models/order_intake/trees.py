"""Incoming orders of a page on their way into Odoo, with what Odoo knows of what they name: set-based look-ups."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from odoo import fields, models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.commerce.intake import Known, Line, Product, choose, lines_of
from ...domain.commerce.intake_findings import Accepted, Finding
from ...domain.commerce.intake_routing import RouteRule, first_match
from . import prices

# Fields of an address that a delivery cannot do without; the postal code where its country has one.
ADDRESS = ("street", "city", "country_id")


@dataclass(slots=True)
class Tree:
    """One incoming order. item: the record on its way. order: Odoo's that follows it, empty for a new one.

    accepted: {what a person has accepted: ids of the decisions}. judged: why a known order cannot follow.

    follows: the order takes the platform's changes over. refused: Odoo refused to confirm it so far.

    What the look-ups add: company, route and the rest of who sells what to whom; former_route: the one by which the
    order was made; known: the facts of the checks.
    """

    item: Any
    main: dict[str, Any]
    partner: models.BaseModel
    order: models.BaseModel
    accepted: Mapping[Accepted, list[int]] = field(default_factory=dict)
    successors: dict[str, str] = field(default_factory=dict)
    judged: list[Finding] = field(default_factory=list)
    follows: bool = False
    refused: bool = False
    lines: list[Line] = field(default_factory=list)
    company: Any = None
    route: Any = None
    former_route: Any = None
    delivery: Any = None
    invoice: Any = None
    currency: Any = None
    pricelist: Any = None
    position: Any = None
    products: dict[str, models.BaseModel] = field(default_factory=dict)
    known: Known | None = None
    credit_hold: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def external_id(self) -> str:
        """Return the id on the platform."""
        found: str = self.item.incoming.external_id
        return found

    def date(self, today: date) -> date:
        """Return the day whose prices count: that of the sale, never one to come."""
        text = self.main.get("closed_on")
        return min(date.fromisoformat(str(text)[:10]), today) if text else today


def gather(env: Environment, stream: models.BaseModel, trees: Sequence[Tree]) -> None:
    """Fill trees with what Odoo knows: a fixed number of queries for each company and pricelist, not for each order."""
    for tree in trees:
        tree.lines = lines_of(tree.main)
    _route(env, stream, trees)
    by_company: dict[Any, list[Tree]] = defaultdict(list)
    for tree in trees:
        by_company[tree.company].append(tree)
    for company, group in by_company.items():
        _gather_of_company(env, stream, company, group)


def _route(env: Environment, stream: models.BaseModel, trees: Sequence[Tree]) -> None:
    """Find the rule, the company, and the addresses of each tree."""
    connection = stream.connection_id
    routes = env["retail.sync.order.route"]._for(connection)
    rules = routes._rules()
    default = connection.company_id or env.company
    for tree in trees:
        addresses = tree.partner.address_get(["delivery", "invoice"]) if tree.partner else {}
        tree.delivery = tree.partner.browse(addresses.get("delivery") or ())
        tree.invoice = tree.partner.browse(addresses.get("invoice") or ())
        tree.route = _match(routes, rules, tree.main, tree.delivery)
        tree.company = tree.route.company_id or default
        if tree.order and not tree.follows:
            tree.company = tree.order.company_id
        if tree.order:
            agreed = tree.item.bound[PART_MAIN].base
            tree.former_route = _match(routes, rules, agreed, tree.order.partner_shipping_id)


def _match(
    routes: models.BaseModel, rules: Sequence[RouteRule], main: Mapping[str, Any], delivery: models.BaseModel
) -> models.BaseModel:
    """Return the first of the routing rules that fits an order; none where no rule does."""
    country = main.get("delivery_country") or delivery.country_id.code or ""
    found = first_match(rules, main.get("brand") or "", main.get("region") or "", country)
    return routes.browse(found.id if found else ())


def out_of_reach(connection: models.BaseModel, company: models.BaseModel) -> bool:
    """Return whether a connection must not sell for a company: it serves another one, or its user is not in it."""
    served = connection.company_id
    return bool(served and served != company) or company not in connection.user_id.sudo().company_ids


def _gather_of_company(env: Environment, stream: models.BaseModel, company: Any, trees: Sequence[Tree]) -> None:
    env = env["base"].with_company(company).env
    today = fields.Date.context_today(env["base"].with_context(tz=company.partner_id.tz or env.user.tz))
    products, by_sku = _products(env, company, trees)
    partners = env["res.partner"].union(*(tree.partner | tree.invoice for tree in trees)).with_env(env)
    blocks = partners._account_blocks(company)
    credit = partners._retail_sync_commercial() if partners else {}
    same = _same_references(env, trees)
    reach = company.display_name if out_of_reach(stream.connection_id, company) else ""
    chooser = prices.Pricelists(env, company, {tree.main.get("currency") or "" for tree in trees})
    for tree in trees:
        tree.currency, tree.pricelist = chooser.choose(tree)
        chosen = Known(today, products=by_sku, successors=tree.successors)
        for line in tree.lines:
            product, _finding = choose(line, chosen)
            if product:
                tree.products[line.key] = products[product.id]
    positions = prices.fiscal_positions(env, trees)
    ours = prices.net_prices(env, company, trees, positions, today)
    for tree in trees:
        parties = (tree.partner | tree.invoice).ids
        blocked = any(party in blocks for party in parties)
        tree.credit_hold = any(credit.get(party, {}).get("credit_state") == "hold" for party in parties)
        repeated = tuple(same.get(tree.external_id, ()))
        if repeated and stream.intake_duplicate == "note":
            tree.notes.append(
                env._("Other orders have the same customer's reference: %(orders)s", orders=", ".join(repeated))
            )
            repeated = ()
        tree.known = Known(
            today,
            products=by_sku,
            successors=tree.successors,
            prices=ours[tree.external_id],
            untaxed=frozenset(key for key, product in tree.products.items() if not prices.taxes_of(product, company)),
            priced=bool(tree.currency),
            currencies=tuple(chooser.names()),
            customer=bool(tree.partner),
            blocked=blocked,
            credit_hold=tree.credit_hold and not blocked,
            missing_address=_missing_address(tree),
            out_of_reach=reach,
            same_reference=repeated,
            accepted=frozenset(tree.accepted),
            decimals=tree.currency.decimal_places if tree.currency else 2,
        )


def _products(
    env: Environment, company: models.BaseModel, trees: Iterable[Tree]
) -> tuple[dict[int, models.BaseModel], dict[str, tuple[Product, ...]]]:
    """Return ({id: product}, {SKU: products that have it}) of the SKUs of trees, archived products included."""
    skus = {line.sku for tree in trees for line in tree.lines} | {
        sku for tree in trees for sku in tree.successors.values()
    }
    found = (
        env["product.product"]
        .with_context(active_test=False)
        .search([("default_code", "in", list(skus - {""})), ("company_id", "in", [False, company.id])])
    )
    by_sku: dict[str, list[Product]] = defaultdict(list)
    for product in found:
        by_sku[product.default_code].append(
            Product(
                product.id,
                product.default_code,
                product.active,
                product.sale_ok,
                product.successor_id.default_code or "",
                product.uom_id.name or "",
                Decimal(str(product.uom_id.rounding or 0)),
                product.type == "consu",
            )
        )
    return {product.id: product for product in found}, {sku: tuple(having) for sku, having in by_sku.items()}


def _same_references(env: Environment, trees: Sequence[Tree]) -> dict[str, list[str]]:
    """Return {external id: names of other orders of the customer with the same reference}: one query.

    Of several in one page all but the first are named after it.
    """
    wanted = {reference for tree in trees if (reference := (tree.main.get("customer_reference") or "").strip())}
    if not wanted:
        return {}
    orders = env["sale.order"].search(
        [("client_order_ref", "in", list(wanted)), ("state", "!=", "cancel")], order="id", limit=10 * len(wanted) + 100
    )
    by_customer: dict[tuple[int, str], models.BaseModel] = {}
    for order in orders:
        key = (order.partner_id.commercial_partner_id.id, order.client_order_ref)
        by_customer[key] = by_customer.get(key, orders.browse()) | order
    found: dict[str, list[str]] = {}
    first: dict[tuple[int, str], str] = {}
    for tree in trees:
        reference = (tree.main.get("customer_reference") or "").strip()
        key = (tree.partner.commercial_partner_id.id, reference)
        if not reference or not tree.partner:
            continue
        names = (by_customer.get(key, orders.browse()) - tree.order).mapped("name")
        earlier = first.setdefault(key, tree.external_id)
        if not tree.order and earlier != tree.external_id:
            names.append(earlier)
        if names:
            found[tree.external_id] = names
    return found


def _missing_address(tree: Tree) -> tuple[str, ...]:
    """Return the fields that the delivery address lacks, where goods are delivered."""
    if not tree.partner or (tree.products and all(product.type != "consu" for product in tree.products.values())):
        return ()
    address = tree.delivery
    missing = [name for name in ADDRESS if not address[name]]
    if address.country_id.zip_required and not address.zip:
        missing.append("zip")
    return tuple(missing)
