"""Checklist items 22 and 31: what runs in jobs."""

from zenpy.lib.api_objects import Ticket, User

from .zendesk_support import FROZEN, check, refused, wait_for


def test_zendesk_22_an_asynchronous_creation_is_readable_after_its_job(zd, api):
    zd.freeze(FROZEN)
    zd.config(job_queue_seconds=5)
    api.login()
    response = api("POST", "tickets?async=true", {"ticket": {"comment": {"body": "x"}, "subject": "s"}})
    number, job = response.json()["ticket"]["id"], response.json()["job_status"]
    assert (response.status_code, job["status"]) == (202, "queued")
    check(api("GET", f"tickets/{number}"), 404, "RecordNotFound")
    zd.advance(5)
    assert api.get(f"job_statuses/{job['id']}")["job_status"]["status"] == "completed"
    assert api.get(f"tickets/{number}")["ticket"]["subject"] == "s"
    failing = api("POST", "tickets?async=true", {"ticket": {"subject": "no comment"}}).json()
    zd.advance(5)
    [result] = api.get(f"job_statuses/{failing['job_status']['id']}")["job_status"]["results"]
    assert result["success"] is False
    assert api.ticket()["id"] > failing["ticket"]["id"], "the id was skipped"


def test_zendesk_31_a_job_is_queued_works_and_completes_with_a_result_for_each_item(zd, api):
    zd.freeze(FROZEN)
    zd.config(job_queue_seconds=10, job_item_seconds=1)
    api.login()
    good, closed = api.ticket()["id"], api.ticket()["id"]
    api.update(closed, status="closed")
    items = [{"id": good, "subject": "x"}, {"id": closed, "subject": "x"}, {"id": 999, "subject": "x"}]
    job = api("PUT", "tickets/update_many", {"tickets": items}).json()["job_status"]
    assert (job["status"], job["total"], job["results"], job["progress"]) == ("queued", 3, None, None)
    zd.advance(11)
    working = api.get(f"job_statuses/{job['id']}")["job_status"]
    assert (working["status"], working["progress"], working["results"]) == ("working", 1, None)
    assert working["message"]
    zd.advance(2)
    done = api.get(f"job_statuses/{job['id']}")["job_status"]
    assert done["status"] == "completed"
    assert [each["success"] for each in done["results"]] == [True, False, False]
    assert done["results"][0] == {"id": good, "index": 0, "action": "update", "status": "Updated", "success": True}
    assert done["results"][1]["error"] == "TicketUpdateFailed" and "closed" in done["results"][1]["details"]
    zd.advance(86400)
    api.login()
    check(api("GET", f"job_statuses/{job['id']}"), 404, "RecordNotFound")


def test_zendesk_31_zenpy_runs_bulk_calls(zen, api):
    job = zen.tickets.create([Ticket(description=f"t{i}", external_id=f"b:{i}") for i in range(3)])
    done = wait_for(lambda: (j := zen.job_status(id=job.id)).status == "completed" and j)
    assert [each.status for each in done.results] == ["Created"] * 3
    numbers = [each.id for each in done.results]
    job = zen.tickets.update([Ticket(id=number, priority="high") for number in numbers])
    wait_for(lambda: zen.job_status(id=job.id).status == "completed")
    assert {each.priority for each in zen.tickets(ids=numbers)} == {"high"}
    people = [User(name="Ada", email="ada@example.com", external_id="p:1"), User(name="Bo", email="no")]
    job = zen.users.create_or_update(people)
    done = wait_for(lambda: (j := zen.job_status(id=job.id)).status == "completed" and j)
    assert done.results[0].status == "Created" and done.results[0].external_id == "p:1"
    assert (done.results[1].status, done.results[1].error) == ("Failed", "UserUpdateError")
    job = zen.tickets.delete([Ticket(id=number) for number in numbers])
    wait_for(lambda: zen.job_status(id=job.id).status == "completed")
    assert list(zen.tickets()) == []


def test_zendesk_31_one_change_for_many_tickets_and_safe_updates_by_item(zd, api):
    zd.freeze(FROZEN)
    api.login()
    first, second = api.ticket(tags=["a"]), api.ticket()
    numbers = f"{first['id']},{second['id']}"
    api.job(api("PUT", f"tickets/update_many?ids={numbers}", {"ticket": {"additional_tags": ["b"]}}))
    assert api.get(f"tickets/{first['id']}/tags")["tags"] == ["a", "b"]
    zd.advance(1)
    api.update(second["id"], subject="newer")
    guard = {"safe_update": True, "updated_stamp": first["updated_at"], "subject": "mine"}
    items = [{"id": first["id"], **guard}, {"id": second["id"], **guard}]
    results = api.job(api("PUT", "tickets/update_many", {"tickets": items}))["results"]
    assert [each["success"] for each in results] == [True, False] and results[1]["error"] == "UpdateConflict"


def test_zendesk_31_more_than_a_hundred_items_are_refused(zen, api):
    items = [{"comment": {"body": "x"}} for _ in range(101)]
    response = api("POST", "tickets/create_many", {"tickets": items})
    check(response, 400, "TooManyValues", "cannot specify more than 100 values")
    assert response.json()["max_count"] == 100
    with refused(400, "TooManyValues"):
        zen.tickets.create([Ticket(description="x") for _ in range(101)])
    check(api("GET", f"tickets/show_many?ids={','.join(map(str, range(101)))}"), 400, "TooManyValues")


def test_zendesk_31_thirty_jobs_at_a_time_and_jobs_that_fail(zd, api):
    zd.freeze(FROZEN)
    zd.config(job_queue_seconds=60)
    api.login()
    items = {"tickets": [{"comment": {"body": "x"}}] * 3}
    for _ in range(30):
        assert api("POST", "tickets/create_many", items).status_code == 200
    check(api("POST", "tickets/create_many", items), 429, "TooManyJobs")
    zd.advance(60)
    zd.fault("job_failed", {"op": "Bulk Create Ticket"}, after_items=1, message="Something broke")
    job = api("POST", "tickets/create_many", items).json()["job_status"]
    zd.advance(60)
    failed = api.get(f"job_statuses/{job['id']}")["job_status"]
    assert (failed["status"], failed["message"], len(failed["results"])) == ("failed", "Something broke", 1)
    job = api("POST", "tickets/create_many", items).json()["job_status"]
    zd.kill_job(job["id"])
    statuses = api.get(f"job_statuses/show_many?ids={job['id']},{failed['id']}")["job_statuses"]
    assert [each["status"] for each in statuses] == ["killed", "failed"]
