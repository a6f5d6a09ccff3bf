"""Triggers that an upgrade, a restore or a person took away are back when the server has started."""

from __future__ import annotations

from tests.stack import Stack

from .customers import Customers
from .two_way import BothWays

TRIGGER = "retail_sync_capture_res_partner"
BLIND = "CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $$BEGIN RETURN NULL; END$$ LANGUAGE plpgsql"


def test_a_start_brings_back_what_is_missing():
    with Stack("capture", simulator=True) as stack:
        org, customers = stack.simulator, Customers(9200)
        both = BothWays(stack, org, name="Capture")
        [account] = org.seed("Account", [customers.account()])
        both.load()
        both.quiet()
        partner = both.partner(account)["id"]

        def captured() -> int:
            """Edit the customer by plain SQL, past the ORM; how many changes that left."""
            stack.sql("DELETE FROM retail_sync_change")
            stack.sql("UPDATE res_partner SET phone = phone || '1' WHERE id = %s", [partner])
            return stack.sql("SELECT count(*) FROM retail_sync_change WHERE res_id = %s", [partner])[0][0]

        def restart() -> None:
            stack.restart()
            # The registry is loaded by the first request.
            stack.rpc("res.partner", "read", [[partner], ["name"]])

        assert captured() == 1
        stack.sql(f"DROP TRIGGER {TRIGGER} ON res_partner")
        assert captured() == 0
        restart()
        assert captured() == 1
        [(function,)] = stack.sql(
            "SELECT proname FROM pg_proc JOIN pg_trigger ON tgfoid = pg_proc.oid WHERE tgname = %s", [TRIGGER]
        )
        stack.sql(BLIND.format(name=function))
        assert captured() == 0
        restart()
        assert captured() == 1
