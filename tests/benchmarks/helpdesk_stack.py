"""A server with orders that were delivered, billed and paid, and keys of the agent API."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from setup.lib import odoo_config, paths
from setup.lib.bench import BenchContext
from setup.lib.demo_shop import Shop
from tests.stack import Stack

from .helpdesk_calls import Agent

PAID = ("confirm", "ship_all", "invoice", "pay")


@dataclass
class Desk:
    """A server, its orders, and a key of a person who may do everything."""

    stack: Stack
    orders: list[int]
    secret: str

    def agent(self, secret: str = "") -> Agent:
        """Return a caller of its own, for one thread."""
        return Agent(self.stack.url, secret or self.secret, database=self.stack.db)

    def key(self, name: str, **values: Any) -> str:
        """Make a key and return its secret."""
        return make_key(self.stack, name, **values)

    def counts(self) -> dict[str, int]:
        """Return how many credit notes, refunds and actions there are."""
        queries = {
            "credit notes": "SELECT count(*) FROM account_move WHERE move_type = 'out_refund' AND state <> 'cancel'",
            "refunds": "SELECT count(*) FROM retail_sync_refund",
            "actions": "SELECT count(*) FROM retail_sync_action WHERE state = 'done'",
        }
        return {name: int(self.stack.sql(query)[0][0]) for name, query in queries.items()}

    def overpaid(self) -> list[tuple[Any, ...]]:
        """Return (order, credited, invoiced) of orders whose credit notes go beyond their invoices."""
        return self.stack.sql(
            "SELECT so.name, sum(m.amount_total) FILTER (WHERE m.move_type = 'out_refund') AS credited,"
            " sum(m.amount_total) FILTER (WHERE m.move_type = 'out_invoice') AS invoiced FROM account_move m"
            " JOIN (SELECT DISTINCT l.move_id, sl.order_id FROM account_move_line l"
            " JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id"
            " JOIN sale_order_line sl ON sl.id = r.order_line_id"
            " UNION SELECT n.id, sl.order_id FROM account_move n"
            " JOIN account_move_line l ON l.move_id = n.reversed_entry_id"
            " JOIN sale_order_line_invoice_rel r ON r.invoice_line_id = l.id"
            " JOIN sale_order_line sl ON sl.id = r.order_line_id) o ON o.move_id = m.id"
            " JOIN sale_order so ON so.id = o.order_id WHERE m.state <> 'cancel' GROUP BY so.name"
            " HAVING coalesce(sum(m.amount_total) FILTER (WHERE m.move_type = 'out_refund'), 0)"
            " > sum(m.amount_total) FILTER (WHERE m.move_type = 'out_invoice') + 0.001"
        )


@contextlib.contextmanager
def helpdesk(
    ctx: BenchContext, name: str, orders: int, workers: int = 4, steps: tuple[str, ...] = PAID, **settings: Any
) -> Iterator[Desk]:
    """A server whose shop has made so many orders. ``settings``: of the stack."""
    with ctx.stack(name, workers=workers, **settings) as stack:
        _policy(stack)
        made = _orders(stack, orders, steps)
        yield Desk(stack, made, make_key(stack, "Benchmark"))


def make_key(stack: Stack, name: str, **values: Any) -> str:
    """Make a key with all scopes, all companies and no limit that matters, and return its secret."""
    rpc = stack.rpc
    scopes = rpc("retail.sync.api.scope", "search", [[]])
    companies = rpc("res.company", "search", [[]])
    given = {
        "name": name,
        "scope_ids": [[6, 0, scopes]],
        "company_ids": [[6, 0, companies]],
        "verification_methods": "phone_pin",
        "requests_per_minute": 1_000_000,
        "burst": 1_000_000,
        "requests_per_day": 0,
        **values,
    }
    [key] = rpc("retail.sync.api.key", "create", [[given]])
    shown = rpc("retail.sync.api.key", "action_issue", [[key]])
    return str(shown["context"]["default_key"])


def _policy(stack: Stack) -> None:
    """Let refunds of benchmarks need no approval: what is measured is the action."""
    rpc = stack.rpc
    rules = rpc("retail.sync.approval.rule", "search", [[]])
    if rules:
        rpc("retail.sync.approval.rule", "write", [rules, {"active": False}])


def _orders(stack: Stack, orders: int, steps: tuple[str, ...]) -> list[int]:
    partners = stack.rpc(
        "res.partner",
        "create",
        [[{"name": f"Customer {number}", "email": f"customer{number}@example.com"} for number in range(20)]],
    )
    found: list[int] = []
    processes = 2 if orders > 50 else 1
    with contextlib.ExitStack() as ended:
        running = []
        for number in range(processes):
            name = f"{stack.name}_shop_{number}"
            conf = odoo_config.write(name, stack.environment.databases.connection, stack.environment.source, stack.db)
            task = {"orders": orders, "products": 10, "lines": 3, "partners": partners, "steps": list(steps)}
            shop = Shop(conf, stack.db, paths.RUN / name / "shop", {**task, "part": [number, processes]})
            ended.callback(shop.stop)
            shop.start()
            running.append(shop)
        stack.wait_for(lambda: all(shop.result() for shop in running), timeout=3600)
        for shop in running:
            result = shop.result()
            assert result is not None
            if result.failed:
                raise AssertionError(f"the shop failed: {next(iter(result.failed.values()))}")
            found += result.orders
    return sorted(found)
