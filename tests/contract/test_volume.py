"""Checklist items 38 and 40 at the sizes that a busy connector sends: 1,000 records a call, 10,000 rows a job."""

import csv
import io

from .support import DATA, EXTERNAL_ID, bulk_finished, call

CALL, JOB = 1000, 10_000
FIELDS = ("Name", "Phone", "Odoo_Credit_State__c")
STATES = {
    "name": "Odoo_Credit_State__c",
    "type": "picklist",
    "picklistValues": ["OK", "Near limit", "Hold"],
    "restrictedPicklist": True,
}


def five_collections(sf, path, records):
    """One composite call with five collections of 200; the results of all records in order."""
    parts = [
        {
            "method": "PATCH", "url": f"{DATA}/{path}", "referenceId": f"part{start}",
            "body": {"allOrNone": False, "records": records[start : start + 200]},
        }
        for start in range(0, CALL, 200)
    ]  # fmt: skip
    answers = call(sf, "POST", "composite", json={"compositeRequest": parts}).json()["compositeResponse"]
    assert [answer["httpStatusCode"] for answer in answers] == [200] * 5
    return [result for answer in answers for result in answer["body"]]


def company(number, **fields):
    return {"attributes": {"type": "Account"}, "Name": f"Company {number:05d}", **fields}


def stored(sim):
    return {row["Id"]: tuple(row.get(name) for name in FIELDS) for row in sim.records("Account")}


def test_item_38_a_thousand_records_in_one_call(sim, sf):
    sim.reset_counters()
    upserted = five_collections(
        sf, f"composite/sobjects/Account/{EXTERNAL_ID}", [company(i, **{EXTERNAL_ID: f"p-{i}"}) for i in range(CALL)]
    )
    assert all(result["success"] and result["created"] for result in upserted)
    ids = [result["id"] for result in upserted]
    assert len(set(ids)) == CALL
    again = five_collections(
        sf, f"composite/sobjects/Account/{EXTERNAL_ID}",
        [company(i, **{EXTERNAL_ID: f"p-{i}", "Phone": "1"}) for i in range(CALL)],
    )  # fmt: skip
    assert [(result["id"], result["created"]) for result in again] == [(number, False) for number in ids]
    sim.schema("Account", [STATES])
    held = [
        {"attributes": {"type": "Account"}, "id": ids[i], "Odoo_Credit_State__c": "Hold" if i % 100 else "Wrong"}
        for i in range(CALL)
    ]
    updated = five_collections(sf, "composite/sobjects", held)
    assert [result["success"] for result in updated] == [bool(i % 100) for i in range(CALL)]
    assert {result["errors"][0]["statusCode"] for result in updated if not result["success"]} == {
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"
    }
    assert stored(sim) == {
        ids[i]: (f"Company {i:05d}", "1", "Hold" if i % 100 else None) for i in range(CALL)
    }  # fmt: skip
    counts = sim.counters()
    assert (counts["calls"], counts["writes"]) == (3, 2 * CALL + CALL - CALL // 100)


def test_item_38_a_thousand_records_read_in_one_call(sim, sf):
    ids = sim.seed("Account", [{"Name": f"Company {i:05d}"} for i in range(CALL)])
    parts = []
    for start in range(0, CALL, 200):
        among = ",".join(f"'{number}'" for number in ids[start : start + 200])
        query = f"SELECT Id, Name FROM Account WHERE Id IN ({among})".replace(" ", "+")
        parts.append({"method": "GET", "url": f"{DATA}/query?q={query}", "referenceId": f"part{start}"})
    answers = call(sf, "POST", "composite", json={"compositeRequest": parts}).json()["compositeResponse"]
    assert all(answer["httpStatusCode"] == 200 and answer["body"]["done"] for answer in answers)
    assert {row["Id"] for answer in answers for row in answer["body"]["records"]} == set(ids)


def test_item_40_a_job_of_ten_thousand_rows(sim, sf):
    sim.schema("Account", [STATES])
    known = sim.seed("Account", [{"Name": "old", EXTERNAL_ID: f"p-{i}"} for i in range(JOB // 2)])
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([EXTERNAL_ID, *FIELDS])
    writer.writerows([f"p-{i}", f"Company {i:05d}", "1", "Hold" if i % 1000 else "Wrong"] for i in range(JOB))
    job = sf.restful(
        "jobs/ingest",
        method="POST",
        json={"object": "Account", "operation": "upsert", "externalIdFieldName": EXTERNAL_ID, "lineEnding": "LF"},
    )
    path = f"jobs/ingest/{job['id']}"
    call(sf, "PUT", f"{path}/batches", data=text.getvalue().encode(), headers={"Content-Type": "text/csv"})
    call(sf, "PATCH", path, json={"state": "UploadComplete"})
    done = bulk_finished(sf, path)
    assert (done["state"], done["numberRecordsProcessed"], done["numberRecordsFailed"]) == ("JobComplete", JOB, 10)
    found = call(sf, "GET", f"{path}/successfulResults").text
    rows = list(csv.DictReader(io.StringIO(found, newline="")))
    assert len(rows) == JOB - 10
    created = {row[EXTERNAL_ID] for row in rows if row["sf__Created"] == "true"}
    assert created == {f"p-{i}" for i in range(JOB // 2, JOB) if i % 1000}
    assert {row["sf__Id"] for row in rows if row["sf__Created"] == "false"} == {
        number for i, number in enumerate(known) if i % 1000
    }
    assert len(stored(sim)) == JOB - 5
