"""Writes from the request to the stored record: collections, ingest jobs, look-alikes."""

import time

from .support import fault  # isort: skip - makes the client importable

from retail_sync_salesforce.client import bulk_files, bulk_ingest, collections, duplicates, query

KEY = "Odoo_External_Id__c"
JOB_SECONDS = 60


def firms(count, start=0, **values):
    return [{KEY: f"0123abcd:res.partner:{i}", "Name": f"Firm {i}", **values} for i in range(start, start + count)]


def save(session, name, records):
    results = {}
    for found in collections.save(session, name, KEY, records):
        results.update(found)
    return [results[index] for index in range(len(records))]


def counted(sim, since):
    """The calls since then that the org counts."""
    return [call for call in sim.calls()[since:] if "/services/data/v" in call["path"]]


def run_job(session, name, records, key_column):
    """The results by key of an ingest job."""
    (file,) = bulk_files.build(records, key_column)
    operation, key_field = ("update", None) if key_column == "Id" else ("upsert", key_column)
    job = bulk_ingest.create_job(session, name, operation, key_field)
    bulk_ingest.upload(session, job.id, file.data)
    bulk_ingest.close(session, job.id)
    deadline = time.monotonic() + JOB_SECONDS
    while not (job := bulk_ingest.job(session, job.id)).finished:
        if time.monotonic() > deadline:
            raise AssertionError(f"the job is still {job.state}")
        time.sleep(0.1)
    return job, {row.key: row.result for row in bulk_ingest.results(session, job, key_column)}


def test_a_thousand_records_are_created_changed_and_read_in_a_call_each(sim, session):
    session.token()
    since = len(sim.calls())
    created = save(session, "Account", firms(1000))
    assert all(result.ok and result.created for result in created)
    assert len(counted(sim, since)) == 1
    stored = {row["Id"]: row for row in sim.records("Account")}
    assert [stored[result.id]["Name"] for result in created] == [f"Firm {i}" for i in range(1000)]
    changed = save(session, "Account", [{"Id": r.id, "Phone": str(i)} for i, r in enumerate(created)])
    assert all(result.ok and not result.created for result in changed)
    assert len(counted(sim, since)) == 2
    rows = query.by_ids(session, "Account", ["Phone"], [result.id for result in created])
    assert {row["Id"]: row["Phone"] for row in rows} == {r.id: str(i) for i, r in enumerate(created)}
    assert len(counted(sim, since)) == 3


def test_an_answer_lost_after_the_commit_is_no_second_record(sim, session):
    session.token()
    for records in (firms(1), firms(400, start=100)):
        sim.fault("drop_after_commit", {"path": "/composite"})
        assert fault(save, session, "Account", records)[0] == "transient"
        before = len(sim.records("Account"))
        again = save(session, "Account", records)
        assert all(result.ok and not result.created for result in again)
        assert len(sim.records("Account")) == before
    assert len(sim.records("Account")) == 401


def test_a_record_that_cannot_be_read_or_is_refused_fails_alone(sim, session):
    records = firms(300)
    records[5]["Name"] = "x" * 300
    records[120]["Odoo_Amount_Due__c"] = "much"
    records[250] = {"Id": "0015g00000ZZZZZAAV"[:15], "Name": "Unknown"}
    results = save(session, "Account", records)
    refused = {index: result.error.code for index, result in enumerate(results) if not result.ok}
    assert refused == {5: "STRING_TOO_LONG", 120: "JSON_PARSER_ERROR", 250: "INVALID_CROSS_REFERENCE_KEY"}
    assert len(sim.records("Account")) == 297


def test_null_clears_and_silence_keeps(sim, session):
    (made,) = save(session, "Account", firms(1, Phone="1", Website="a.example"))
    save(session, "Account", [{"Id": made.id, "Phone": None}])
    (row,) = sim.records("Account", [made.id])
    assert (row.get("Phone"), row["Website"]) == (None, "a.example")
    run_job(session, "Account", [{"Id": made.id, "Website": None}], "Id")
    (row,) = sim.records("Account", [made.id])
    assert (row.get("Website"), row["Name"]) == (None, "Firm 0")


def test_a_parent_by_its_external_id(sim, session):
    save(session, "Account", firms(1))
    child = {KEY: "0123abcd:res.partner:77", "LastName": "Rossi", "Account": {KEY: "0123abcd:res.partner:0"}}
    orphan = {KEY: "0123abcd:res.partner:78", "LastName": "Verdi", "Account": {KEY: "0123abcd:res.partner:999"}}
    good, bad = save(session, "Contact", [child, orphan])
    assert good.ok
    assert bad.error.kind == "dependency"
    _job, results = run_job(session, "Contact", [{**child, KEY: "0123abcd:res.partner:79"}, orphan], KEY)
    assert results["0123abcd:res.partner:79"].ok
    assert results[orphan[KEY]].error.kind == "dependency"
    assert len({row["AccountId"] for row in sim.records("Contact")}) == 1


def test_an_ingest_job_of_three_thousand(sim, session):
    records = firms(3000)
    for index in range(0, 3000, 100):
        records[index]["Name"] = "x" * 300
    session.token()
    since = len(sim.calls())
    job, results = run_job(session, "Account", records, KEY)
    assert (job.state, job.processed, job.failed) == ("JobComplete", 3000, 30)
    assert set(results) == {record[KEY] for record in records}
    assert {result.error.code for result in results.values() if not result.ok} == {"STRING_TOO_LONG"}
    stored = {row[KEY]: row for row in sim.records("Account")}
    assert len(stored) == 2970
    assert all(stored[key]["Id"] == result.id for key, result in results.items() if result.ok)
    assert len([call for call in counted(sim, since) if call["method"] != "GET"]) == 3
    _job, results = run_job(session, "Account", [{"Id": r.id, "Phone": "1"} for r in results.values() if r.ok], "Id")
    assert len(results) == 2970 and all(result.ok and not result.created for result in results.values())
    assert {row["Phone"] for row in sim.records("Account")} == {"1"}


def test_a_job_that_breaks_off_tells_what_it_has_done(sim, session):
    sim.fault("job_failed", {"object": "Account"}, after_rows=400)
    job, results = run_job(session, "Account", firms(1000), KEY)
    assert job.state == "Failed" and job.message
    assert len(results) == 400 and all(result.ok for result in results.values())
    assert {row[KEY] for row in sim.records("Account")} == set(results)


def test_an_open_job_does_nothing_and_can_be_stopped(sim, session):
    (file,) = bulk_files.build(firms(3), KEY)
    job = bulk_ingest.create_job(session, "Account", "upsert", KEY)
    bulk_ingest.upload(session, job.id, file.data)
    bulk_ingest.abort(session, job.id)
    bulk_ingest.abort(session, job.id)
    assert bulk_ingest.close(session, job.id).state == "Aborted"
    assert sim.records("Account") == []
    session.request("DELETE", f"jobs/ingest/{job.id}")
    assert fault(bulk_ingest.job, session, job.id) == ("transient", "BULK_JOB_LOST")


def test_look_alikes_are_named_when_asked_for(sim, session):
    sim.duplicate_rule("Contact", ["Email"], "block")
    known = sim.create("Contact", {"LastName": "Rossi", "Email": "a@rossi.example"})
    records = [{KEY: f"0123abcd:res.partner:{i}", "LastName": "R", "Email": "a@rossi.example"} for i in range(30)]
    results = save(session, "Contact", records)
    assert {result.error.code for result in results} == {"DUPLICATES_DETECTED"}
    since = len(sim.calls())
    asked = duplicates.ask(session, "Contact", KEY, records)
    assert {result.error.record_ids for result in asked} == {(known,)}
    assert len(counted(sim, since)) == 2
    assert len(sim.records("Contact")) == 1


def test_a_rule_that_only_warns_stops_new_records_and_no_change(sim, session):
    sim.duplicate_rule("Contact", ["Email"], "alert")
    known = sim.create("Contact", {"LastName": "Rossi", "Email": "a@rossi.example"})
    other = sim.create("Contact", {"LastName": "Verdi", "Email": "b@verdi.example"})
    new, change = save(
        session,
        "Contact",
        [
            {KEY: "0123abcd:res.partner:1", "LastName": "R", "Email": "a@rossi.example"},
            {"Id": other, "Email": "a@rossi.example"},
        ],
    )
    assert (new.ok, change.ok) == (False, True)
    assert duplicates.ask(session, "Contact", KEY, [{KEY: "x", "LastName": "R", "Email": "a@rossi.example"}])[
        0
    ].error.record_ids == (known, other)


def test_a_unique_value_that_is_taken_names_its_record(sim, session):
    (made,) = save(session, "Account", firms(1))
    other = sim.create("Account", {"Name": "Other"})
    (result,) = save(session, "Account", [{"Id": other, KEY: "0123abcd:res.partner:0"}])
    assert (result.error.kind, result.error.record_ids) == ("duplicate", (made.id,))


def test_deleted_records(sim, session):
    made = [result.id for result in save(session, "Account", firms(3))]
    assert [result.ok for result in collections.delete(session, made[:2])] == [True, True]
    again, last = collections.delete(session, made[1:])
    assert (again.error.kind, last.ok) == ("gone", True)
    (result,) = save(session, "Account", [{"Id": made[0], "Name": "x"}])
    assert result.error.kind == "gone"
