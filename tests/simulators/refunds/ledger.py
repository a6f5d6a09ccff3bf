"""A payment provider whose money is counted in a table that no transaction of Odoo can take back."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import psycopg2

from odoo.sql_db import connection_info_for

from odoo.addons.retail_sync_helpdesk.domain.service.money_out import Answer
from odoo.addons.retail_sync_helpdesk.models.money.providers import Outcome, OwnRequest, refunds_with

_MAKE = "CREATE TABLE IF NOT EXISTS test_refund_ledger (key text PRIMARY KEY, amount numeric, calls integer DEFAULT 1)"
_PAY = (
    "INSERT INTO test_refund_ledger (key, amount) VALUES (%s, %s)"
    " ON CONFLICT (key) DO UPDATE SET calls = test_refund_ledger.calls + 1"
)


class Ledger:
    """The books of the provider, by statements that are committed at once."""

    def __init__(self, database: str) -> None:
        self.database = database
        self.run(_MAKE)

    def run(self, statement: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a statement on a connection of its own."""
        _name, info = connection_info_for(self.database)
        with closing(psycopg2.connect(**info)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, params)
                return cursor.fetchall() if cursor.description else []


@refunds_with("none")
class LedgerProvider(OwnRequest):  # type: ignore[misc]  # the addon has no types here
    """A provider that keeps keys and can be asked."""

    keeps_keys = True
    can_be_asked = True

    def refunds(self, _source: Any) -> str:
        """Return that every part can be paid back."""
        return "partial"

    def send(self, child: Any) -> Outcome:
        """Pay, once for each key."""
        Ledger(child.env.cr.dbname).run(_PAY, (child.reference, -child.amount))
        return Outcome(Answer.done, reference=f"re-{child.id}")

    def look_up(self, child: Any) -> Outcome:
        """Look into the books."""
        found = Ledger(child.env.cr.dbname).run("SELECT 1 FROM test_refund_ledger WHERE key = %s", (child.reference,))
        return Outcome(Answer.done if found else Answer.not_found, reference=f"re-{child.id}")
