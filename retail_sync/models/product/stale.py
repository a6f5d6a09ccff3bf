from collections.abc import Collection, Iterable
from typing import Any

from odoo import api, fields, models
from odoo.api import Environment
from odoo.tools import SQL

from ...runtime.erasure import Erasure
from ...runtime.sql import execute_values
from ..runs import job_trigger

# Kinds of stale values, by the job that computes them: of one product, or a scope that the job takes apart.
STOCK, STOCK_SCOPE, STOCK_ALL = "stock_product", "stock_scope", "stock_all"
PRICE, PRICE_PRICELIST, PRICE_RATE, PRICE_ALL = "price_product", "price_pricelist", "price_rate", "price_all"
JOBS = {
    "stock": (STOCK, STOCK_SCOPE, STOCK_ALL),
    "prices": (PRICE, PRICE_PRICELIST, PRICE_RATE, PRICE_ALL),
}
_JOB_OF = {kind: job for job, kinds in JOBS.items() for kind in kinds}


class RetailSyncStale(models.Model):
    """What has to be computed again: rows are only added, and taken by deletion.

    No row stands for two causes: one that comes while another is being worked off would be lost with it.
    """

    _name = "retail.sync.stale"
    _inherit = ["retail.sync.cause.mixin"]
    _description = "Value to be computed again"
    _erasure = Erasure(why="Ids of products, pricelists and currencies.")
    _log_access = False
    _order = "id"

    kind = fields.Char(required=True, help="What is to be computed: stock or prices, of a product or of a scope.")
    subject_id = fields.Integer(help="Id of the product, pricelist or currency; 0 for all.")
    pricelist_id = fields.Integer(
        "Pricelist only", help="Id of the only pricelist that is computed again; 0 for all, -1 for the base price."
    )

    _kind_idx = models.Index("(kind, id)")

    @api.model
    def _take_causes(self, causes: Collection[tuple[int, str]]) -> None:
        """Note which products are stale; the words of causes are the kinds."""
        add(self.env, {(word, subject_id) for subject_id, names in causes for word in names.split(",")})


def add(env: Environment, causes: Iterable[tuple[str, int]], pricelist_id: int = 0) -> None:
    """Note values as stale, and trigger the jobs that compute them.

    :param causes: (kind, id of the product, pricelist or currency; 0 for all)
    """
    rows = [(kind, subject_id, pricelist_id) for kind, subject_id in sorted(set(causes)) if kind in _JOB_OF]
    if not rows:
        return
    execute_values(env, "INSERT INTO retail_sync_stale (kind, subject_id, pricelist_id) VALUES %s", rows)
    trigger(env, {_JOB_OF[kind] for kind, _subject_id, _pricelist_id in rows})


def add_products(env: Environment, kind: str, products: SQL, pricelist_id: int = 0) -> int:
    """Note the products of a query of ids as stale; return how many. The job that asks goes on with them."""
    env.cr.execute(
        SQL(
            "INSERT INTO retail_sync_stale (kind, subject_id, pricelist_id) SELECT %s, found.id, %s FROM (%s) AS found",
            kind,
            pricelist_id,
            products,
        )
    )
    return int(env.cr.rowcount)


def take_scopes(env: Environment, kinds: Collection[str]) -> list[tuple[str, int]]:
    """Take all scopes of these kinds; return (kind, id) of them, each once."""
    rows = env.execute_query(
        SQL("DELETE FROM retail_sync_stale WHERE kind = ANY(%s) RETURNING kind, subject_id", list(kinds))
    )
    return sorted(set(rows))


def take_products(env: Environment, kind: str, limit: int) -> list[tuple[int, int]]:
    """Take stale products, the oldest first; return (product id, pricelist id) of them."""
    return env.execute_query(
        SQL(
            "DELETE FROM retail_sync_stale WHERE id = ANY(ARRAY(SELECT id FROM retail_sync_stale WHERE kind = %s"
            " ORDER BY id LIMIT %s)) RETURNING subject_id, pricelist_id",
            kind,
            limit,
        )
    )


def waiting(env: Environment, kind: str, most: int) -> int:
    """Return how many values of a kind are stale, counted up to `most`."""
    [(count,)] = env.execute_query(
        SQL(
            "SELECT COUNT(*) FROM (SELECT FROM retail_sync_stale WHERE kind = %s LIMIT %s) AS found",
            kind,
            most,
        )
    )
    return int(count)


def trigger(env: Environment, jobs: Iterable[str], **values: Any) -> None:
    """Queue the jobs that compute stale values: "stock", "prices"."""
    for job in sorted(jobs):
        job_trigger.trigger(env(su=True), job, **{**LANES[job], **values})


# Stock that an agent reads must be of this moment; a catalogue is computed beside other mass work.
LANES: dict[str, dict[str, Any]] = {
    "stock": {"lane": "standard", "precedence": "first"},
    "prices": {"lane": "standard", "precedence": "last"},
}


def sweep(env: Environment) -> None:
    """Trigger the jobs of what is stale and has lost its job."""
    for job, kinds in JOBS.items():
        if any(waiting(env, kind, 1) for kind in kinds):
            trigger(env, [job])
