"""Bulk query jobs from the request to the last row."""

import pytest

from .support import bulk_job, contacts, fault, walk  # isort: skip - makes the client importable

from retail_sync_salesforce.client import bulk_query, soql, times
from retail_sync_salesforce.client.errors import ClientError
from retail_sync_salesforce.client.session import SalesforceSession


def test_a_bulk_job_in_pages(sim, org):
    session = org.session
    odd = 'two\nlines, "quoted" é\u2028'
    made = sim.seed("Contact", [{**row, "Description": odd, "Title": None} for row in contacts(2500)])
    job = bulk_job(
        session, soql.select("Contact", ["Id", "LastName", "Description", "Title", "SystemModstamp", "Owner.Email"])
    )
    found, locator, sizes = [], None, []
    while True:
        with bulk_query.results(session, job, locator, max_records=1000) as page:
            found += page.dicts()
            sizes.append(page.count)
            locator = page.next_locator
        if locator is None:
            break
    assert sizes == [1000, 1000, 500]
    assert sorted(row["Id"] for row in found) == sorted(made)
    assert {row["Description"] for row in found} == {odd}
    assert {row["Title"] for row in found} == {None}
    assert all("@" in row["Owner.Email"] and times.parse_ms(row["SystemModstamp"]) for row in found)
    session.request("DELETE", f"jobs/query/{job}")
    assert fault(bulk_query.job, session, job) == ("transient", "BULK_JOB_LOST")
    assert fault(bulk_query.results, session, job) == ("transient", "BULK_JOB_LOST")


def test_bulk_and_rest_agree(sim, session):
    """The same rows by either way, whatever their form: an id, a version in milliseconds, a text."""
    sim.seed("Contact", contacts(40))
    rest = {
        (row["Id"], times.parse_ms(row["SystemModstamp"]), row["LastName"])
        for row in walk(session, "Contact", ["LastName"], 15)
    }
    for zulu in (False, True):
        sim.config(bulk_zulu_datetimes=zulu)
        with bulk_query.results(session, bulk_job(session, "SELECT Id, SystemModstamp, LastName FROM Contact")) as page:
            assert {(row[0], times.parse_ms(row[1]), row[2]) for row in page.rows} == rest


def test_an_empty_bulk_job(sim, session):
    with bulk_query.results(session, bulk_job(session, "SELECT Id, LastName FROM Contact")) as page:
        assert (page.header, page.count, list(page.rows), page.next_locator) == (["Id", "LastName"], 0, [], None)


def test_bulk_jobs_see_deleted_rows_when_asked(sim, session):
    made = sim.seed("Contact", contacts(2))
    sim.delete("Contact", made[0])
    for every, expected in ((False, made[1:]), (True, made)):
        with bulk_query.results(session, bulk_job(session, "SELECT Id FROM Contact", all=every)) as page:
            assert sorted(row[0] for row in page.rows) == sorted(expected)


def test_a_bulk_job_that_is_not_ready(sim, session):
    sim.config(bulk_delay_seconds=3600)
    job = bulk_query.create_job(session, "SELECT Id FROM Contact")
    assert fault(bulk_query.results, session, job["id"]) == ("transient", "BULK_JOB_NOT_READY")


def test_a_bulk_job_of_another_api_version(sim, org, session):
    job = bulk_job(session, "SELECT Id FROM Contact")
    newer = SalesforceSession(org.store, lambda: session.token(), org.http, version="63.0")
    assert fault(bulk_query.results, newer, job) == ("transient", "BULK_VERSION_CHANGED")


def test_a_bulk_job_with_an_unknown_field(session):
    assert fault(bulk_query.create_job, session, "SELECT Nonsense FROM Contact") == ("contract", "INVALID_FIELD")


def test_a_bulk_result_cut_short(sim, session):
    sim.seed("Contact", contacts(2000))
    job = bulk_job(session, "SELECT Id, LastName FROM Contact")
    sim.fault("truncate", {"path": "/results"})
    with pytest.raises(ClientError) as caught:
        with bulk_query.results(session, job) as page:
            list(page.rows)
    assert caught.value.kind == "transient"
    with bulk_query.results(session, job) as page:
        assert len(list(page.rows)) == 2000
