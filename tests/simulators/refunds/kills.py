"""Refunds, and workers that die between any two steps of them."""

from __future__ import annotations

import os
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.modules.registry import Registry

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.retail_sync_helpdesk.domain.service.claims import Offer, Part
from odoo.addons.retail_sync_helpdesk.models.money import pay_out as pay_out_module
from odoo.addons.retail_sync_helpdesk.models.money.credit_notes import write_credit_notes
from odoo.addons.retail_sync_helpdesk.models.money.pay_out import pay_out
from odoo.addons.retail_sync_helpdesk.models.money.refunds import make_refunds

from .ledger import Ledger

_AMOUNT = 7
_OF_AN_ORDER = 12
_MOST_ROUNDS = 40
_BUSY = 3


class Kills:
    """One trial: orders that are paid, refunds of them one after the other, each in workers that are killed."""

    def __init__(self, env: Any, seed: int) -> None:
        self.env, self.random = env, Random(seed)
        self.ledger = Ledger(env.cr.dbname)
        self.kills = self.refunds = 0
        self.points: Counter[str] = Counter()
        self._left = 0
        self._order = 0
        self._invoice = 0
        self._found: list[str] = []
        self._make_shop()

    def refund_once(self) -> None:
        """Make a refund and pay it back, killing workers on the way."""
        if not self._left:
            self._make_order()
        self._left -= 1
        before = self._last()
        order, invoice = self._order, self._invoice
        # Phase 1: what is killed before the commit leaves nothing, and is asked for again.
        for number in range(_MOST_ROUNDS):
            self._fork("phase 1", lambda env: _ask(env, order, invoice), kill=number < 2 and self.random.random() < 0.5)
            if refund := self._last() - before:
                break
        refund = self._last()
        if refund == before:
            self._found.append(f"order {order}: no refund after {_MOST_ROUNDS} tries")
            return
        self.refunds += 1
        for number in range(_MOST_ROUNDS):
            self._fork("phase 2", lambda env: pay_out(env, refund), kill=number < 6)
            self.env.cr.rollback()
            self.env.cr.execute("SELECT state FROM retail_sync_refund WHERE id = %s", [refund])
            if self.env.cr.fetchone() == ("paid",):
                return
        self._found.append(f"refund {refund}: not paid after {_MOST_ROUNDS} rounds")

    def wrong(self) -> list[str]:
        """Return what is not as it has to be: each refund is paid once, in the ledger and in the books."""
        self.env.cr.rollback()
        found = list(self._found)
        checks = {
            "refunds that are not paid": "SELECT name FROM retail_sync_refund WHERE state <> 'paid'",
            "refunds with more than one transaction": (
                "SELECT left(reference, 36) FROM payment_transaction WHERE operation = 'refund'"
                " GROUP BY left(reference, 36) HAVING count(*) > 1"
            ),
            "money in the ledger that no refund asked for": (
                "SELECT key FROM test_refund_ledger WHERE key NOT IN"
                " (SELECT uuid || '-' || attempt FROM retail_sync_refund)"
            ),
            "refunds without money in the ledger": (
                "SELECT name FROM retail_sync_refund r WHERE (SELECT count(*) FROM test_refund_ledger"
                " WHERE left(key, 36) = r.uuid AND amount = r.amount) <> 1"
            ),
            "credit notes that are open": (
                "SELECT m.name FROM account_move m JOIN retail_sync_refund r ON r.note_id = m.id"
                " WHERE m.amount_residual <> 0 OR m.state <> 'posted'"
            ),
            "credit notes without a refund": (
                "SELECT m.name FROM account_move m WHERE m.move_type = 'out_refund'"
                " AND NOT EXISTS (SELECT FROM retail_sync_refund r WHERE r.note_id = m.id)"
            ),
            "refunds with another number of payments than one": (
                "SELECT r.name FROM retail_sync_refund r WHERE (SELECT count(*) FROM account_payment p"
                " WHERE p.payment_transaction_id = r.child_transaction_id AND p.state <> 'canceled') <> 1"
            ),
        }
        for title, query in checks.items():
            self.env.cr.execute(query)
            if rows := self.env.cr.fetchall():
                found.append(f"{title}: {', '.join(str(row[0]) for row in rows[:10])}")
        return found

    # -- workers

    def _fork(self, name: str, work: Callable[[Any], Any], kill: bool) -> None:
        """Run work in a process of its own; kill it between two steps, or at any moment."""
        self.env.cr.commit()
        step = self.random.randint(1, 8)
        seconds = self.random.uniform(0, 0.4) if self.random.random() < 0.4 else 0
        while True:
            pid = os.fork()
            if not pid:
                _child(self.env.cr.dbname, work, step if kill else 0, seconds if kill else 0)
            _pid, status = os.waitpid(pid, 0)
            if os.WIFEXITED(status) and os.WEXITSTATUS(status) == _BUSY:
                # The server has not noticed the death of the one before yet.
                time.sleep(0.05)
                continue
            break
        if os.WIFSIGNALED(status):
            self.kills += 1
            self.points[f"{name}, {'any moment' if seconds else f'commit {step}'}"] += 1
        elif os.WEXITSTATUS(status):
            self._found.append(f"{name} ended with {os.WEXITSTATUS(status)}")

    def _last(self) -> int:
        self.env.cr.rollback()
        self.env.cr.execute("SELECT coalesce(max(id), 0) FROM retail_sync_refund")
        [(last,)] = self.env.cr.fetchall()
        return int(last)

    # -- the shop

    def _make_shop(self) -> None:
        env = self.env
        company = env.company
        if not company.chart_template:
            env["account.chart.template"].try_loading("generic_coa", company=company, install_demo=False)
        company.account_sale_tax_id = False
        self.product = env["product.product"].create(
            {"name": "Lesson", "type": "service", "taxes_id": [Command.clear()]}
        )
        self.customer = env["res.partner"].create({"name": "Customer of refunds"})
        journal = env["account.journal"].search([("type", "=", "bank"), ("company_id", "=", company.id)], limit=1)
        self.provider = env["payment.provider"].create(
            {"name": "Ledger", "code": "none", "state": "test", "company_id": company.id}
        )
        method = env["account.payment.method"].create({"name": "Ledger", "code": "none", "payment_type": "inbound"})
        env["account.payment.method.line"].create(
            {
                "name": "Ledger",
                "payment_method_id": method.id,
                "journal_id": journal.id,
                "payment_provider_id": self.provider.id,
            }
        )
        self.method = env["payment.method"].with_context(active_test=False).search([("code", "=", "card")], limit=1)
        env.cr.commit()

    def _make_order(self) -> None:
        env = self.env
        order = env["sale.order"].create(
            {
                "partner_id": self.customer.id,
                "order_line": [
                    Command.create(
                        {"product_id": self.product.id, "product_uom_qty": 1, "price_unit": _AMOUNT * _OF_AN_ORDER}
                    )
                ],
            }
        )
        order.action_confirm()
        invoice = order._create_invoices(final=True)
        invoice.action_post()
        paid = env["payment.transaction"].create(
            {
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "reference": f"paid-{order.id}",
                "amount": invoice.amount_total,
                "currency_id": invoice.currency_id.id,
                "partner_id": self.customer.id,
                "operation": "online_direct",
                "invoice_ids": [Command.set(invoice.ids)],
            }
        )
        paid._set_done()
        paid._post_process()
        env.cr.commit()
        self._order, self._invoice, self._left = order.id, invoice.id, _OF_AN_ORDER


def _ask(env: Any, order_id: int, invoice_id: int) -> None:
    """Credit a part of an order and commit it with its refund, as an action does."""
    order = env["sale.order"].browse(order_id)
    money = Decimal(_AMOUNT)
    offer = Offer((Part(invoice_id, "goodwill", money),), Decimal(0), money)
    action = env["retail.sync.action"]
    notes = write_credit_notes(env, order, offer, reason="Late", action=action)
    env.flush_all()
    pay_out_module.between("notes")
    make_refunds(env, order, notes, offer, action=action, method="original")
    env.flush_all()
    pay_out_module.between("refunds")


def _child(database: str, work: Callable[[Any], Any], step: int, seconds: float) -> None:
    """Do the work on connections of its own and end the process, by a signal of its own where it is to be killed."""
    # The parent's connections are not to be closed by this process.
    registry = Registry(database)
    kept = sql_db._Pool, sql_db._Pool_readonly, registry._db, registry._db_readonly
    sql_db._Pool = sql_db._Pool_readonly = None
    registry._db, registry._db_readonly = sql_db.db_connect(database), None
    passed = 0

    def between(_step: str) -> None:
        nonlocal passed
        passed += 1
        if step and not seconds and passed == step:
            os.kill(os.getpid(), signal.SIGKILL)

    pay_out_module.between = between
    if seconds:
        timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGKILL))
        timer.daemon = True
        timer.start()
    status = 1
    try:
        with registry.cursor() as cr:
            work(api.Environment(cr, SUPERUSER_ID, {}))
        between("committed")
        status = 0
    except RetryableJobError:
        status = _BUSY
    except BaseException:
        traceback.print_exc()
    del kept
    os._exit(status)
