"""Queued jobs of the room product: what is stale is computed in pages, each in a transaction of its own."""

import logging
import time
from collections.abc import Callable, Collection

from psycopg2 import OperationalError

from odoo import api, models
from odoo.api import Environment

from ...domain.resilience.lanes import BULK_FROM
from ...runtime import error_texts
from ...runtime.halving import halve
from ...runtime.transactions import separate_transaction
from ..exceptions import exception_queue
from ..exceptions.subject import of_delivery
from ..runs import job_trigger
from . import price_pages, price_scope, published, stale, stock_levels, stock_scope

_logger = logging.getLogger(__name__)

# A job hands over after this long.
TARGET_SECONDS = 1.0
# When to look again for what another worker computes.
HELD_SECONDS = 1
STOCK_LOCK = 7_283_411_951
PRICE_LOCK = 7_283_411_952


class RetailSyncProductJobs(models.AbstractModel):
    """What the queue calls in the room product; the work is in the modules beside it."""

    _name = "retail.sync.product.jobs"
    _description = "Queued jobs: product"

    @api.model
    def _job_stock(self) -> None:
        """Compute the stock of what is stale."""
        _run(self.env, "stock", STOCK_LOCK, stock_page)

    @api.model
    def _job_prices(self) -> None:
        """Compute the prices of what is stale."""
        _run(self.env, "prices", PRICE_LOCK, price_page)


def _run(env: Environment, job: str, lock: int, page: Callable[[Environment], bool]) -> None:
    """Compute pages for a moment, then hand over. One worker at a time: of two, the slower would store older values."""
    until = time.monotonic() + TARGET_SECONDS
    more = True
    while more:
        with separate_transaction(env, read_committed=True) as tx:
            tx = tx(su=True)
            job_trigger.coalesce(tx, job)
            tx.cr.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
            if not tx.cr.fetchone()[0]:
                # The worker that has the lock may have looked before the latest cause was committed.
                stale.trigger(tx, [job], seconds=HELD_SECONDS)
                return
            more = page(tx)
            tx["retail.sync.change"]._schedule_routing()
            if more and time.monotonic() > until:
                stale.trigger(tx, [job])
                return


def stock_page(env: Environment) -> bool:
    """Compute the stock of the next stale products; return whether more are stale.

    Few products are stored in so small transactions that what changes of them is no mass change, and goes before bulk
    work. Many of them are one.
    """
    stock_scope.expand(env, stale.take_scopes(env, (stale.STOCK_SCOPE, stale.STOCK_ALL)))
    warehouses = stock_scope.warehouses(env)
    many = stale.waiting(env, stale.STOCK, BULK_FROM + 1) > BULK_FROM
    limit = BULK_FROM if many else max(1, (BULK_FROM - 1) // max(1, len(warehouses)))
    taken = stale.take_products(env, stale.STOCK, limit)
    product_ids = sorted({product_id for product_id, _pricelist_id in taken})
    if product_ids:
        _each(env, "stock", product_ids, lambda ids: stock_levels.refresh(env, ids, warehouses))
    return len(taken) == limit


def price_page(env: Environment) -> bool:
    """Compute the prices of the next stale products; return whether more are stale."""
    scopes = stale.take_scopes(env, (stale.PRICE_PRICELIST, stale.PRICE_RATE, stale.PRICE_ALL))
    targets = price_scope.targets(env)
    price_scope.expand(env, scopes, targets)
    taken = stale.take_products(env, stale.PRICE, price_pages.PAGE)
    for pricelist_ids, product_ids in price_pages.grouped(taken).items():
        wanted = [target for target in targets if not pricelist_ids or target.key in pricelist_ids]
        refresh = price_pages.Refresh(env, wanted, pricelist_ids)
        _each(env, "price", product_ids, refresh.store)
    return len(taken) == price_pages.PAGE


def _each(
    env: Environment, entity: str, product_ids: Collection[int], step: Callable[[Collection[int]], object]
) -> None:
    """Run a step on products; one over which Odoo fails becomes an exception of each stream, and stops no other."""

    def attempt(ids: Collection[int]) -> None:
        with env.cr.savepoint():
            step(ids)

    def failed(product_id: int, error: Exception) -> None:
        error_texts.log(_logger, logging.ERROR, error, "Could not compute the %s of product %s", entity, product_id)
        text = env._("Its %(what)s could not be computed (%(error)s).", what=entity, error=type(error).__name__)
        for stream in published.streams(env, entity):
            exception_queue.technical(
                env, stream.connection_id, "COMPUTE_FAILED", text, of_delivery("product.product", product_id), stream
            )

    halve(list(product_ids), attempt, failed, passes_on=lambda error: isinstance(error, OperationalError))
