"""Won opportunities become quotations, or one exception each that says why not."""

import pytest

from . import arrivals, commerce
from .customers import Customers
from .two_way import BothWays


@pytest.fixture(scope="module")
def salesroom(stack):
    """A loaded connection whose won opportunities come in."""
    stack.simulator.reset()
    connection = BothWays(stack, stack.simulator, name="Salesroom")
    arrivals.open_intake(connection)
    customers = Customers(9_200)
    accounts = stack.simulator.seed("Account", [customers.account() for _ in range(6)])
    connection.load()
    connection.call("go_live")
    commerce.begin(connection)
    connection.quiet(rounds=30)
    yield arrivals.Salesroom(connection, accounts)
    connection.retire()


def test_each_sale_becomes_a_quotation_or_says_why_not_and_a_replay_adds_nothing(salesroom):
    connection = salesroom.connection
    sales = salesroom.win([*arrivals.KINDS, "sound", "sound"])
    connection.quiet(rounds=30)
    assert arrivals.wrong_outcomes(connection, sales) == []
    assert arrivals.unanswered(connection, sales) == []
    for sale in sales:
        connection.simulator.edit("Opportunity", sale.external_id, {"NextStep": "Call again"})
    connection.quiet(rounds=30)
    assert arrivals.wrong_outcomes(connection, sales) == []


def test_each_check_has_a_sale_that_fails_it(salesroom):
    rules = salesroom.connection.query(
        "SELECT code_pattern AS code FROM retail_sync_fault_rule WHERE code_pattern LIKE 'ORDER\\_%%'"
    )
    # A known order that changes or is refused fails no check, and an org with one currency sells in no other.
    changes = {"ORDER_REOPENED", "ORDER_WON_AGAIN", "ORDER_CHANGED", "ORDER_EDITED_HERE", "ORDER_OTHER_COMPANY"}
    others = changes | {"ORDER_NOT_CONFIRMED", "ORDER_CURRENCY", "ORDER_UNIT"}
    codes = {code for row in rules for code in row["code"].split()}
    assert codes - others == set(arrivals.KINDS.values()) - {""}
