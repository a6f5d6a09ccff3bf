"""Triggers that an upgrade, a restore or a person took away are back when the server has started or was upgraded."""

from __future__ import annotations

import pytest

from tests.stack import Stack

from .customers import Customers
from .two_way import BothWays

TRIGGER = "retail_sync_capture_res_partner"
BLIND = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$BEGIN RETURN NULL; END$$ LANGUAGE plpgsql"
# What an older version has left: a function without a version, whose trigger sees nothing.
OLDER = (
    BLIND.format(name="retail_sync_capture") + f"; DROP TRIGGER {TRIGGER} ON res_partner;"
    f" CREATE TRIGGER {TRIGGER} AFTER UPDATE ON res_partner FOR EACH ROW EXECUTE FUNCTION retail_sync_capture()"
)


class Captured:
    """A customer on a server whose triggers are taken away."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        org, customers = stack.simulator, Customers(9200)
        both = BothWays(stack, org, name="Capture")
        [account] = org.seed("Account", [customers.account()])
        both.load()
        both.quiet()
        self.partner = both.partner(account)["id"]

    def count(self) -> int:
        """Edit the customer by plain SQL, past the ORM; how many changes that left."""
        # In one transaction: a job that a start or an upgrade has queued cannot take the change away in between.
        [(count,)] = self.stack.sql(
            "DELETE FROM retail_sync_change; UPDATE res_partner SET phone = phone || '1' WHERE id = %s;"
            " SELECT count(*) FROM retail_sync_change WHERE res_id = %s",
            [self.partner] * 2,
        )
        return count

    def restart(self) -> None:
        """Start the server again; the registry is loaded by the first request."""
        self.stack.restart()
        self.stack.rpc("res.partner", "read", [[self.partner], ["name"]])

    def functions(self) -> set[str]:
        """The functions that the triggers of the capture call."""
        return {
            name
            for (name,) in self.stack.sql(
                "SELECT proname FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid"
                " WHERE starts_with(tgname, 'retail_sync_capture')"
            )
        }


@pytest.fixture(scope="module")
def captured():
    with Stack("capture", simulator=True) as stack:
        yield Captured(stack)


def test_a_start_brings_back_what_is_missing(captured):
    assert captured.count() == 1
    captured.stack.sql(f"DROP TRIGGER {TRIGGER} ON res_partner")
    assert captured.count() == 0
    captured.restart()
    assert captured.count() == 1
    [function] = captured.functions()
    captured.stack.sql(BLIND.format(name=function))
    assert captured.count() == 0
    captured.restart()
    assert captured.count() == 1
    captured.stack.sql(f"ALTER TABLE res_partner DISABLE TRIGGER {TRIGGER}")
    assert captured.count() == 0
    captured.restart()
    assert captured.count() == 1


def test_an_upgrade_brings_back_what_is_missing_and_replaces_what_is_older(captured):
    """An upgrade may drop triggers with a column, and comes from a version that had others."""
    [function] = captured.functions()
    captured.stack.sql(OLDER)
    assert captured.count() == 0
    captured.stack.upgrade("retail_sync")
    assert captured.functions() == {function}
    assert captured.count() == 1
    assert captured.stack.sql("SELECT 1 FROM pg_proc WHERE proname = 'retail_sync_capture'") == []
