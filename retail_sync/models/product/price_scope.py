"""Which prices are published, and which of them a cause concerns."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from odoo.api import Environment
from odoo.tools import SQL

from . import published, stale

# Stands for the sales price where a number is asked: 0 is every price of a product.
BASE = -1


class Target(NamedTuple):
    """A list of prices that is published. company_id: of the stream, None for one of all companies.

    key: the id of the pricelist, BASE for the sales price. reckoned_by: the company whose rates and costs count.
    """

    key: int
    company_id: int | None
    currency_id: int
    reckoned_by: int

    @property
    def pricelist_id(self) -> int | None:
        """Return the id of the pricelist; None for the sales price."""
        return None if self.key == BASE else self.key


def targets(env: Environment) -> list[Target]:
    """Return the lists of prices that streams publish, each once."""
    found = {}
    for stream in published.streams(env, "price"):
        company = stream.connection_id.company_id or env.company
        owner = stream.connection_id.company_id.id or None
        if stream.publish_base_price:
            found[Target(BASE, owner, company.currency_id.id, company.id)] = True
        for pricelist in stream.sudo().price_pricelist_ids.filtered("active"):
            reckoned_by = (pricelist.company_id or company).id
            found[Target(pricelist.id, owner, pricelist.currency_id.id, reckoned_by)] = True
    return list(found)


def expand(env: Environment, scopes: list[tuple[str, int]], found: list[Target]) -> None:
    """Take scopes apart: note all products as stale, for the pricelists that a scope concerns.

    Pricelists that are published no more have to be computed too: their prices end.
    """
    if not scopes:
        return
    if any(kind == stale.PRICE_ALL for kind, _subject_id in scopes):
        _all_products(env, 0)
        return
    based = based_on(env)
    concerned = {subject_id for kind, subject_id in scopes if kind == stale.PRICE_PRICELIST}
    concerned |= {key for key in {target.key for target in found} if based.get(key, set()) & concerned}
    currencies = {subject_id for kind, subject_id in scopes if kind == stale.PRICE_RATE}
    if currencies:
        concerned |= {target.key for target in converting(env, found, based)}
    for key in sorted(concerned):
        _all_products(env, key)


def _all_products(env: Environment, key: int) -> None:
    """Note all products as stale that are sold, or that have a published price."""
    env["product.product"].flush_model(["active"])
    env["product.template"].flush_model(["sale_ok"])
    query = SQL(
        "SELECT product.id FROM product_product product JOIN product_template template"
        " ON template.id = product.product_tmpl_id WHERE product.active AND template.sale_ok"
        " UNION SELECT product_id FROM retail_sync_price WHERE active"
    )
    stale.add_products(env, stale.PRICE, query, key)


def based_on(env: Environment) -> dict[int, set[int]]:
    """Return {pricelist id: ids of the pricelists that its rules start from, at any depth}."""
    env["product.pricelist.item"].flush_model(["pricelist_id", "base", "base_pricelist_id"])
    rows = env.execute_query(
        SQL(
            "WITH RECURSIVE chain AS (SELECT pricelist_id, base_pricelist_id FROM product_pricelist_item"
            " WHERE base = 'pricelist' AND base_pricelist_id IS NOT NULL UNION SELECT chain.pricelist_id,"
            " item.base_pricelist_id FROM chain JOIN product_pricelist_item item"
            " ON item.pricelist_id = chain.base_pricelist_id WHERE item.base = 'pricelist'"
            " AND item.base_pricelist_id IS NOT NULL) SELECT pricelist_id, base_pricelist_id FROM chain"
        )
    )
    found: dict[int, set[int]] = defaultdict(set)
    for pricelist_id, base_id in rows:
        found[pricelist_id].add(base_id)
    return found


def converting(env: Environment, found: Iterable[Target], based: dict[int, set[int]]) -> list[Target]:
    """Return the targets whose prices follow the rates of currencies: some amount in them is of another currency."""
    main = {company.currency_id.id for company in env["res.company"].sudo().search([], limit=None)}
    lists = env["product.pricelist"].sudo().with_context(active_test=False)
    result = []
    for target in found:
        currencies = {target.currency_id, *lists.browse(sorted(based.get(target.key, ()))).currency_id.ids}
        # Sales prices and costs are amounts in the currency of a company.
        if len(currencies | main) > 1:
            result.append(target)
    return result


def changing_by_time(env: Environment, since: object, until: object) -> list[int]:
    """Return the ids of pricelists of which a rule begins or ends in a time, (since, until]."""
    env["product.pricelist.item"].flush_model(["pricelist_id", "date_start", "date_end"])
    rows = env.execute_query(
        SQL(
            "SELECT DISTINCT pricelist_id FROM product_pricelist_item WHERE (date_start > %(since)s AND"
            " date_start <= %(until)s) OR (date_end > %(since)s AND date_end <= %(until)s) ORDER BY 1",
            since=since,
            until=until,
        )
    )
    return [pricelist_id for (pricelist_id,) in rows]
