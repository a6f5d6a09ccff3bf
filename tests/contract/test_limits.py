"""Checklist items 44 and 45: limits, and faults of the service itself."""

import re
import threading

import pytest
import requests
from simple_salesforce.format import format_external_id

from .support import EXTERNAL_ID, call, login, names, new_session, refused, wait_for

LIMIT_INFO = re.compile(r"^api-usage=(\d+)/(\d+)(; ?per-app-api-usage=\d+/\d+\(appName=[^)]+\))?$")


def usage(reply):
    """(used, maximum) as the reply tells them."""
    found = LIMIT_INFO.match(reply.headers["Sforce-Limit-Info"])
    assert found, reply.headers["Sforce-Limit-Info"]
    return int(found[1]), int(found[2])


def test_item_44_limit_info_on_every_reply(sim, sf):
    calls = [
        lambda: call(sf, "GET", "query", params={"q": "SELECT Id FROM Contact"}),
        lambda: call(sf, "POST", "sobjects/Contact", json={"LastName": "A"}),
        lambda: call(sf, "GET", "sobjects/Contact/describe"),
        lambda: call(
            sf, "POST", "composite/sobjects", json={"records": [{"attributes": {"type": "Contact"}, "LastName": "B"}]}
        ),
        lambda: call(sf, "GET", "jobs/ingest"),
    ]
    seen = [usage(make()) for make in calls]
    used = [value for value, _ in seen]
    assert used == list(range(used[0], used[0] + len(calls)))
    assert len({maximum for _, maximum in seen}) == 1
    with refused(400):
        sf.query("SELECT nothing")
    limits = call(sf, "GET", "limits/")
    now, maximum = usage(limits)
    daily = limits.json()["DailyApiRequests"]
    assert daily == {"Max": maximum, "Remaining": maximum - now}
    assert now >= used[-1] + 1, "a refused call counts too"


def test_item_44_on_refusals_and_files_too(sim):
    session = new_session(sim)
    replies = []
    session.hooks["response"].append(lambda reply, **_: replies.append(reply))
    sf = login(sim, session=session)
    list(sf.bulk2.Contact.query("SELECT Id FROM Contact", wait=0.05))
    for attempt in (lambda: sf.query("SELECT nothing"), lambda: sf.Contact.get("003000000000ZZZAAA")):
        with refused((400, 404)):
            attempt()
    data_replies = [reply for reply in replies if "/services/data/" in reply.url]
    assert {reply.status_code for reply in data_replies} == {200, 400, 404}
    assert all(usage(reply)[0] > 0 for reply in data_replies)


def test_item_44_limits_body(sim, sf):
    limits = sf.limits()
    wanted = (
        "DailyApiRequests DailyBulkV2QueryJobs DailyBulkV2QueryFileStorageMB DailyBulkApiBatches "
        "DailyStandardVolumePlatformEvents HourlyPublishedPlatformEvents DataStorageMB FileStorageMB"
    ).split()
    for name in wanted:
        assert isinstance(limits[name]["Max"], int) and 0 <= limits[name]["Remaining"] <= limits[name]["Max"], name
    list(sf.bulk2.Contact.query("SELECT Id FROM Contact", wait=0.05))
    assert sf.limits()["DailyBulkV2QueryJobs"]["Remaining"] == limits["DailyBulkV2QueryJobs"]["Remaining"] - 1


def test_item_44_configured_usage(sim, sf):
    sim.config(daily_limit=1000, used_calls=900)
    used, maximum = usage(call(sf, "GET", "sobjects"))
    assert (used, maximum) == (901, 1000)
    assert sf.limits()["DailyApiRequests"] == {"Max": 1000, "Remaining": 98}


def test_item_45_daily_limit(sim, sf):
    sim.config(daily_limit=1000, used_calls=1000)
    with refused(403, "REQUEST_LIMIT_EXCEEDED") as caught:
        sf.Contact.create({"LastName": "Never"})
    assert caught[0].content == [{"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}]
    sim.config(daily_limit=100000, used_calls=0)
    assert names(sf, "") == []


def test_item_45_daily_limit_rolls_over(sim):
    """The window is a rolling day, not a calendar day and not for ever."""
    sim.config(daily_limit=4)
    sf = login(sim)
    for _ in range(4):
        names(sf, "")
    with refused(403, "REQUEST_LIMIT_EXCEEDED"):
        names(sf, "")
    sim.advance(20 * 3600)
    with refused(403, "REQUEST_LIMIT_EXCEEDED"):
        names(sf, "")
    sim.advance(5 * 3600)
    assert names(sf, "") == []
    assert sf.api_usage["api-usage"].used == 1


def test_item_45_limit_faults(sim, sf):
    sim.fault("limit", {"object": "Contact"})
    with refused(403, "REQUEST_LIMIT_EXCEEDED", match="^TotalRequests Limit exceeded"):
        sf.Contact.describe()
    sim.fault("concurrent", {"object": "Contact"})
    text = r"^ConcurrentRequests \(Concurrent API Requests\) Limit exceeded\.$"
    with refused(403, "REQUEST_LIMIT_EXCEEDED", match=text):
        sf.Contact.describe()
    assert sf.Contact.describe()["name"] == "Contact"


def test_item_45_concurrent_long_calls(sim, sf):
    sim.config(enforce_concurrency=True, concurrent_limit=1)
    sim.fault("slow", {"path": "/describe"}, seconds=4)
    slow = login(sim, session=new_session(sim))
    long_call = threading.Thread(target=slow.Contact.describe)
    long_call.start()
    wait_for(lambda: sim.stats()["in_flight"] >= 1)
    with refused(
        403, "REQUEST_LIMIT_EXCEEDED", match=r"^ConcurrentRequests \(Concurrent API Requests\) Limit exceeded\.$"
    ):
        names(sf, "")
    long_call.join(30)
    assert names(sf, "") == []


def test_item_45_json_503(sim, sf):
    unavailable = {"status": 503, "error_code": "SERVER_UNAVAILABLE", "message": "Server Unavailable"}
    sim.fault("status", {"method": "POST", "object": "Contact"}, **unavailable)
    with refused(503, "SERVER_UNAVAILABLE") as caught:
        sf.Contact.create({"LastName": "A"})
    assert caught[0].content == [{"message": "Server Unavailable", "errorCode": "SERVER_UNAVAILABLE"}]
    assert names(sf, "") == []
    assert sf.Contact.create({"LastName": "A"})["success"]


@pytest.mark.parametrize("status", [502, 503, 504])
def test_item_45_html_5xx(sim, sf, status):
    sim.fault("html", {"path": "/query"}, status=status)
    with refused(status) as caught:
        names(sf, "")
    assert isinstance(caught[0].content, str) and "<html" in caught[0].content.lower()
    assert names(sf, "") == []


def test_item_45_slow_reply(sim):
    """Plain HTTP session underneath: simple-salesforce has no time limit of its own."""
    sf = login(sim)
    sim.fault("slow", {"path": "/query"}, seconds=3)
    with pytest.raises(requests.exceptions.ReadTimeout):
        sf.query("SELECT Id FROM Contact", timeout=0.5)
    assert names(sf, "") == []


def test_item_45_dropped_before_and_after_the_commit(sim, sf):
    key = format_external_id(EXTERNAL_ID, "C-1")
    sim.fault("drop", {"method": "PATCH", "object": "Contact"})
    with pytest.raises(requests.exceptions.ConnectionError):
        sf.Contact.upsert(key, {"LastName": "Rossi"})
    assert names(sf, "") == []
    sim.fault("drop_after_commit", {"method": "PATCH", "object": "Contact"})
    with pytest.raises(requests.exceptions.ConnectionError):
        sf.Contact.upsert(key, {"LastName": "Rossi"})
    assert names(sf, "") == ["Rossi"], "the write was committed, though no answer came"
    assert sf.Contact.upsert(key, {"LastName": "Rossi"}) == 200
    assert names(sf, "") == ["Rossi"]


def test_item_45_truncated_reply(sim, sf):
    sim.seed("Contact", [{"LastName": f"C{i}"} for i in range(50)])
    sim.fault("truncate", {"path": "/query"})
    with pytest.raises((requests.exceptions.RequestException, ValueError)):
        names(sf, "")
    assert len(names(sf, "")) == 50


def test_item_45_parallel_writers_of_one_new_key(sim):
    """Two upserts of one new key at the same time make one record."""
    key = format_external_id(EXTERNAL_ID, "C-1")
    clients = [login(sim, session=new_session(sim)) for _ in range(6)]
    start = threading.Barrier(len(clients))
    outcomes = []

    def write(client, number):
        start.wait()
        try:
            outcomes.append(client.Contact.upsert(key, {"LastName": f"Writer {number}"}))
        except Exception as error:  # every outcome is judged below, in the main thread
            outcomes.append(error)

    threads = [threading.Thread(target=write, args=(client, number)) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(outcomes) == len(clients)
    assert outcomes.count(201) == 1
    for outcome in outcomes:
        assert outcome in (200, 201) or outcome.content[0]["errorCode"] == "DUPLICATE_VALUE", outcome
    assert len(names(clients[0], "")) == 1
