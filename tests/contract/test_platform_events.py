"""Checklist item 50: platform events, published as rows are and read from the simulator's own JSON feed."""

import uuid

from .support import EXTERNAL_ID, call, refused

CHANNEL = "/event/ERP_Sync__e"
OLDEST = -2


def test_item_50_publish_is_enqueued(sim, sf):
    before = sf.limits()["HourlyPublishedPlatformEvents"]["Remaining"]
    answer = call(sf, "POST", "sobjects/ERP_Sync__e/", json={"Payload__c": '{"order":1}'})
    assert answer.status_code == 201
    body = answer.json()
    (enqueued,) = body.pop("errors")
    assert set(body) == {"id", "success"} and body["success"] is True and body["id"].startswith("e01")
    assert (enqueued["statusCode"], enqueued["fields"]) == ("OPERATION_ENQUEUED", [])
    assert uuid.UUID(enqueued["message"])
    (event,) = sim.feed(sf.session_id, CHANNEL, OLDEST)["events"]
    assert event["payload"]["Payload__c"] == '{"order":1}'
    assert event["payload"]["EventUuid"] == enqueued["message"]
    assert event["payload"]["CreatedById"] == sim.users["integration"] and event["payload"]["CreatedDate"]
    assert sf.limits()["HourlyPublishedPlatformEvents"]["Remaining"] == before - 1
    assert sf.ERP_Sync__e.create({"Payload__c": "x"})["success"] is True


def test_item_50_refusals(sim, sf):
    with refused(400, "INVALID_FIELD"):
        sf.ERP_Sync__e.create({"Nothing__c": "x"})
    with refused(404, "NOT_FOUND"):
        sf.Unknown__e.create({})
    with refused(400, "INVALID_TYPE"):
        sf.query("SELECT Payload__c FROM ERP_Sync__e")
    assert sim.feed(sf.session_id, CHANNEL, OLDEST)["events"] == []


def test_item_50_published_whatever_becomes_of_the_transaction(sim, sf):
    sim.schema("Order_Placed__e", [{"name": "Number__c", "type": "double", "nillable": False}])
    base = "/services/data/v62.0/sobjects"
    parts = [
        {"method": "POST", "url": f"{base}/Order_Placed__e", "referenceId": "e", "body": {"Number__c": 7}},
        {"method": "POST", "url": f"{base}/Account", "referenceId": "a", "body": {EXTERNAL_ID: "no name"}},
    ]
    sf.restful("composite", method="POST", json={"allOrNone": True, "compositeRequest": parts})
    (event,) = sim.feed(sf.session_id, "/event/Order_Placed__e", OLDEST)["events"]
    assert event["payload"]["Number__c"] == 7
    assert sim.stats()["records_by_object"].get("Account", 0) == 0
    with refused(400, "REQUIRED_FIELD_MISSING"):
        sf.Order_Placed__e.create({})
