"""A large backlog goes out by the platform's bulk interface, and its results are applied record by record."""

from __future__ import annotations

import pytest

from .equality import last_entry, proof


@pytest.fixture(scope="module")
def people(shelf):
    """Three dozen contacts of the same load: (partner, record) of each."""
    families = [shelf.take() for _ in range(18)]
    return [pair for family in families for pair in ((family.person, family.contact), (family.colleague, family.other))]


@pytest.fixture
def many(both, people):
    """The contacts, and a threshold that so many of them pass."""
    both.quiet()
    both.tune("Contact", bulk_write_threshold=20)
    yield people
    both.tune("Contact", bulk_write_threshold=5000)
    both.quiet()
    assert proof(both) == []


def uploads(connection, since):
    """Files of records handed over since a call."""
    return [
        call for call in connection.simulator.calls(since) if call["method"] == "PUT" and "/ingest/" in call["path"]
    ]


def test_each_record_arrives_once_and_one_refused_is_refused_alone(both, many):
    (refused, its_record), *others = many
    both.simulator.validation_rule("Contact", "Title", "=", "Refused", "No such title, please.")
    since, calls = last_entry(both), len(both.simulator.calls())
    # One statement, so that all of it waits when the first job looks.
    both.stack.sql(
        "UPDATE res_partner SET function = CASE WHEN id = %s THEN 'Refused' ELSE 'In bulk' END WHERE id = ANY(%s)",
        (refused, [partner for partner, _record in many]),
    )
    both.sweep()
    for _partner, record in others:
        both.arrives(record, Title="In bulk")
    both.wait_idle()
    assert len(uploads(both, calls)) == 1
    [open_one] = both.outbox("open")
    assert open_one["res_id"] == refused and "No such title" in open_one["fault_message"]
    written = [entry["id"] for entry in both.simulator.journal(since=since, user="integration", object="Contact")]
    assert sorted(written) == sorted(record for _partner, record in others), "written twice, or not at all"
    assert both.outbox("pending", "sending", "retrying") == []
    both.write(refused, function="Agreed")
    both.arrives(its_record, Title="Agreed")
    both.quiet()
    assert both.outbox("open") == []


def test_an_edit_made_while_the_platform_works_goes_after_it(both, many):
    """It waits for the bulk job's end, and is neither lost nor overtaken by what the job carries."""
    (edited, its_record), *others = many
    calls = len(both.simulator.calls())
    both.simulator.config(bulk_delay_seconds=3600)
    both.stack.sql(
        "UPDATE res_partner SET function = 'First' WHERE id = ANY(%s)", ([partner for partner, _record in many],)
    )
    both.sweep()
    both.stack.wait_for(lambda: any("/ingest" in call["path"] for call in both.simulator.calls(calls)), interval=0.05)
    both.write(edited, function="Second")
    both.wait_at_rest()  # its delivery has found that it has to wait
    both.simulator.config(bulk_delay_seconds=0)
    for _partner, record in others:
        both.arrives(record, Title="First")
    both.arrives(its_record, Title="Second")
    both.quiet()
    assert both.record(its_record)["Title"] == "Second"


def test_a_job_that_breaks_off_over_there_is_done_to_its_end(both, many):
    """What it had written stays written, the rest is sent again, and no person has to act."""
    both.simulator.fault("job_failed", {"object": "Contact"}, message="InternalServerError", after_rows=5)
    since, runs = last_entry(both), len(ingests(both))
    both.stack.sql(
        "UPDATE res_partner SET function = 'Again' WHERE id = ANY(%s)", ([partner for partner, _record in many],)
    )
    both.sweep()
    both.stack.wait_for(lambda: len(ingests(both)) > runs and ingests(both)[runs]["state"] != "running")
    both.quiet()
    assert {both.record(record)["Title"] for _partner, record in many} == {"Again"}
    entries = both.simulator.journal(since=since, user="integration", object="Contact")
    written = [entry["id"] for entry in entries if "Title" in entry["fields"]]
    assert sorted(written) == sorted(record for _partner, record in many), "written twice, or not at all"
    assert both.outbox("open") == []


def ingests(connection):
    """Bulk deliveries, oldest first."""
    return [run for run in connection.runs() if run["kind"] == "ingest"]
