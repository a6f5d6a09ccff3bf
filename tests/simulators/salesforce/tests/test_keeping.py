"""An org that goes on where another process left it."""

import pytest

from tests.simulators.salesforce.client import start_simulator

OLD = "2024-03-01T08:00:00.000+0000"
PEOPLE = [{"LastName": f"Prova {n}", "CreatedDate": OLD, "SystemModstamp": OLD} for n in range(4)]


@pytest.fixture
def heir(tmp_path):
    """Makes processes one after the other, each seeded with the same and given what the one before has kept."""
    running = []

    def make(kept=None):
        simulator = start_simulator(tmp_path / str(len(running)))
        running.append(simulator)
        ids = simulator.seed("Contact", PEOPLE)
        if kept:
            assert simulator.put_back(kept) == len(kept["records"])
        return simulator, ids

    yield make
    for simulator in running:
        simulator.stop()


def test_edits_new_records_and_deletions_survive(heir):
    first, ids = heir()
    first.edit("Contact", ids[0], {"Title": "CFO"})
    first.delete("Contact", ids[1])
    made = first.create("Contact", {"LastName": "Nuovo"})
    gone = first.create("Contact", {"LastName": "Breve"})
    first.delete("Contact", gone)
    first.hard_delete("Contact", gone)
    before = sorted(first.records("Contact", deleted=True), key=lambda record: record["Id"])
    second, again = heir(first.kept())
    assert again == ids
    after = sorted(second.records("Contact", deleted=True), key=lambda record: record["Id"])
    assert after == before and {record["Id"] for record in after if record["IsDeleted"]} == {ids[1]}
    assert second.create("Contact", {"LastName": "Later"}) not in {made, gone, *ids}


def test_kept_twice(heir):
    first, ids = heir()
    first.edit("Contact", ids[2], {"Title": "Buyer"})
    second, _ = heir(first.kept())
    second.edit("Contact", ids[3], {"Title": "Seller"})
    third, _ = heir(second.kept())
    assert [record.get("Title") for record in third.records("Contact")] == [None, None, "Buyer", "Seller"]
