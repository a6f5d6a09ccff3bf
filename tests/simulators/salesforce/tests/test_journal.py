import pytest

from tests.simulators.salesforce.event_hub import EventHub
from tests.simulators.salesforce.journal import Origin, difference, select
from tests.simulators.salesforce.seed import seed
from tests.simulators.salesforce.writer import Writer


@pytest.fixture
def write(org):
    """A writer whose writes belong to call 7."""
    org.store.origin = Origin("rest", 7, "correlation-7", "62.0")
    return Writer(org, org.context("integration", client="odoo-sync"))


def test_a_difference_holds_what_differs_only():
    assert difference({"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 5, "d": 4}) == ({"b": 2, "c": 3}, {"b": 5, "d": 4})
    assert difference(None, {"a": 1}) == (None, {"a": 1})
    assert difference({"a": 1}, None) == ({"a": 1}, None)


def test_an_entry_names_call_user_and_old_and_new_values(org, write):
    record = write.insert("Account", {"Name": "A", "Website": "1"})
    org.clock.advance(5)
    write.update("Account", record, {"Name": "B", "Website": None})
    made, changed = (change.as_dict() for change in org.store.journal)
    assert (made["op"], made["before"], made["after"]["Name"]) == ("insert", None, "A")
    assert changed["fields"] == ["Name", "Website"]
    assert (changed["before"]["Website"], changed["after"]["Website"]) == ("1", None)
    assert (changed["before"]["Name"], changed["after"]["Name"]) == ("A", "B")
    assert changed["after"]["SystemModstamp"] > changed["before"]["SystemModstamp"]
    assert (changed["call"], changed["correlation"], changed["origin"]) == (7, "correlation-7", "rest")
    assert (changed["user"], changed["client"]) == (org.users["integration"], "odoo-sync")
    assert changed["seq"] > made["seq"] and changed["wall"] >= made["wall"]


def test_a_write_that_changes_nothing_shows_as_such(org, write):
    record = write.insert("Account", {"Name": "A"})
    org.clock.advance(5)
    write.update("Account", record, {"Name": "A"})
    assert org.store.journal[-1].fields() == []


def test_filters(org, write):
    account = write.insert("Account", {"Name": "A"})
    contact = write.insert("Contact", {"LastName": "C"})
    org.store.origin = Origin("control")
    Writer(org, org.context("human")).update("Account", account, {"Name": "B"})

    def found(since=0, limit=0, **wanted):
        return [(change.object, change.op) for change in select(org.store.journal, since, limit, **wanted)]

    assert found(object="Account") == [("Account", "insert"), ("Account", "update")]
    assert found(user=org.users["human"]) == found(kind="control") == [("Account", "update")]
    assert found(call=7, id={contact}) == [("Contact", "insert")]
    assert found(since=org.store.journal[1].seq) == [("Account", "update")]
    assert found(limit=1) == [("Account", "insert")]
    assert found(correlation="another") == []


def test_the_journal_keeps_to_its_limit_and_loses_no_event(org, write):
    org.apply_config({"journal_limit": 10, "cdc_objects": ["Account"]})
    for i in range(25):
        write.insert("Account", {"Name": str(i)})
        org.hub.publish_committed()
    assert 10 <= len(org.store.journal) <= 11
    assert org.hub.trimmed + len(org.store.journal) == 25
    assert len(org.hub.feed.events) == 25
    assert org.store.journal[-1].after["Name"] == "24"


def test_counts_tell_seeds_from_writes(org, write):
    write.insert("Account", {"Name": "A"})
    org.store.origin = Origin("seed")
    seed(org, {"object": "Account", "records": [{"Name": "B"}]})
    org.store.origin = Origin("control")
    Writer(org, org.context("human")).insert("Contact", {"LastName": "C"})
    org.hub.publish_committed()
    counts = org.hub.counts(reset=True)
    assert counts["writes"] == 2
    assert counts["writes_by_user"] == {"integration": 1, "human": 1}
    assert counts["writes_by_object"] == {"Account": 1, "Contact": 1}
    assert {"object": "Account", "op": "insert", "user": "human", "origin": "seed", "count": 1} in counts[
        "writes_detail"
    ]
    assert org.hub.counts()["writes"] == 0


def test_what_was_rolled_back_is_in_no_journal(org, write):
    with pytest.raises(KeyError), org.store.transaction():
        write.insert("Account", {"Name": "A"})
        raise KeyError
    org.hub.publish_committed()
    assert org.store.journal == [] and org.hub.counts()["writes"] == 0


def test_a_hub_that_is_reset_starts_afresh(org, write):
    write.insert("Account", {"Name": "A"})
    org.hub.publish_committed()
    org.reset()
    assert isinstance(org.hub, EventHub) and org.hub.counts()["writes"] == 0 and org.store.journal == []
