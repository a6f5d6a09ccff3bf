"""The prices of a page of products: computed by Odoo's pricelists, and written where they differ."""

from collections import defaultdict
from collections.abc import Collection

from odoo import fields, models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL, float_round

from ...runtime.sql import execute_values
from .price_rules import PAGE_RULES, Page
from .price_scope import Target
from .product_values import SOLD

# Products in one transaction.
PAGE = 1000


def grouped(taken: Collection[tuple[int, int]]) -> dict[tuple[int, ...], list[int]]:
    """Return {keys of the only targets to compute, () for all: product ids} of stale (product id, key).

    A product that is stale for all targets is computed for all of them, once.
    """
    keys: dict[int, set[int]] = defaultdict(set)
    for product_id, key in taken:
        keys[product_id].add(key)
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for product_id, wanted in sorted(keys.items()):
        found[() if 0 in wanted else tuple(sorted(wanted))].append(product_id)
    return dict(found)


class Refresh:
    """Compute the prices of products on targets; keys: the only ones that are computed, () for all that there are."""

    def __init__(self, env: Environment, targets: Collection[Target], keys: tuple[int, ...]) -> None:
        self.env = env
        self.targets = targets
        self.keys = keys
        self.digits = env["decimal.precision"].precision_get("Product Price")
        # One moment for all: what a rule says must not differ between two products of a page.
        self.now = fields.Datetime.now()

    def store(self, product_ids: Collection[int]) -> int:
        """Write the prices that changed; end those that are published no more. Return how many rows changed."""
        rows = [row for target in self.targets for row in self._rows(target, product_ids)]
        changed = _upsert(self.env, rows) if rows else 0
        return changed + self._end_others(product_ids, rows)

    def _rows(self, target: Target, product_ids: Collection[int]) -> list[tuple]:
        """Return (product, pricelist, company, currency, amount) of the products that are sold."""
        env = self.env
        domain = Domain("id", "in", list(product_ids)) & Domain(SOLD)
        if target.company_id:
            domain &= Domain("company_id", "in", [False, target.company_id])
        products = env["product.product"].sudo().with_company(target.reckoned_by).search(domain, order="id")
        prices = self._prices(target, products)
        return [
            (product_id, target.pricelist_id, target.company_id, target.currency_id, amount)
            for product_id, amount in prices.items()
        ]

    def _prices(self, target: Target, products: models.BaseModel) -> dict[int, float]:
        """Return {product id: price for one piece now}, in the currency of the target."""
        page = Page(products)
        pricelist = self.env["product.pricelist"].sudo().browse(target.pricelist_id or [])
        pricelist = pricelist.with_company(target.reckoned_by).with_context(**{PAGE_RULES: page})
        currency = self.env["res.currency"].browse(target.currency_id)
        found = {}
        for product in products:
            price, _rule = pricelist._compute_price_rule(product, 1.0, currency=currency, date=self.now)[product.id]
            found[product.id] = float_round(price, precision_digits=self.digits)
        return found

    def _end_others(self, product_ids: Collection[int], rows: list[tuple]) -> int:
        """Deactivate the prices of these products that are not among the rows; return how many."""
        wanted = [(row[0], row[1] or 0, row[2] or 0, row[3]) for row in rows]
        columns = [list(column) for column in zip(*wanted, strict=True)] or [[], [], [], []]
        only = [max(key, 0) for key in self.keys]
        self.env.cr.execute(
            SQL(
                "UPDATE retail_sync_price price SET active = FALSE, write_date = now() AT TIME ZONE 'UTC'"
                " WHERE price.product_id = ANY(%s) AND price.active"
                " AND (%s OR COALESCE(price.pricelist_id, 0) = ANY(%s))"
                " AND NOT EXISTS (SELECT FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[])"
                " AS wanted (product_id, pricelist_id, company_id, currency_id)"
                " WHERE wanted.product_id = price.product_id AND wanted.pricelist_id = COALESCE(price.pricelist_id, 0)"
                " AND wanted.company_id = COALESCE(price.company_id, 0) AND wanted.currency_id = price.currency_id)",
                list(product_ids),
                not self.keys,
                only,
                *columns,
            )
        )
        self.env["retail.sync.price"].invalidate_model()
        return int(self.env.cr.rowcount)


def _upsert(env: Environment, rows: list[tuple]) -> int:
    """Insert or update prices that differ from what is stored; return how many."""
    return len(
        execute_values(
            env,
            "INSERT INTO retail_sync_price AS price (product_id, pricelist_id, company_id, currency_id, amount, active,"
            " create_date, write_date) VALUES %s ON CONFLICT (product_id, COALESCE(pricelist_id, 0), currency_id,"
            " COALESCE(company_id, 0)) DO UPDATE SET amount = EXCLUDED.amount, active = TRUE,"
            " write_date = EXCLUDED.write_date"
            " WHERE (price.amount, price.active) IS DISTINCT FROM (EXCLUDED.amount, TRUE) RETURNING id",
            rows,
            template="(%s, %s::int, %s::int, %s, %s::numeric, TRUE, now() AT TIME ZONE 'UTC',"
            " now() AT TIME ZONE 'UTC')",
        )
    )
