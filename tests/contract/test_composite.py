"""Checklist items 38 and 39: composite, batch and tree."""

import pytest

from .support import DATA, EXTERNAL_ID, call, id18, names, refused

HALTED = {
    "errorCode": "PROCESSING_HALTED",
    "message": "The transaction was rolled back since another operation in the same transaction failed.",
}


def sub(reference, method, path, body=None, **more):
    request = {"method": method, "url": f"{DATA}/{path}", "referenceId": reference, **more}
    return request | ({"body": body} if body is not None else {})


def composite(sf, *requests, **flags):
    """The answers of one composite call, by referenceId and in order; the HTTP status must be 200."""
    reply = call(sf, "POST", "composite", json={"compositeRequest": list(requests), **flags})
    assert reply.status_code == 200
    answers = reply.json()["compositeResponse"]
    assert [answer["referenceId"] for answer in answers] == [request["referenceId"] for request in requests]
    assert all({"body", "httpHeaders", "httpStatusCode", "referenceId"} <= set(answer) for answer in answers)
    return answers


def test_item_38_references(sim, sf):
    account, contact, read, found = composite(
        sf,
        sub("acc", "PATCH", f"sobjects/Account/{EXTERNAL_ID}/55", {"Name": "Rossi Srl"}),
        sub("con", "POST", "sobjects/Contact", {"LastName": "Rossi", "AccountId": "@{acc.id}"}),
        sub("read", "GET", "sobjects/Account/@{acc.id}?fields=Name"),
        sub("found", "GET", "query?q=SELECT+Id,LastName+FROM+Contact+WHERE+AccountId='@{acc.id}'"),
    )
    assert (account["httpStatusCode"], account["body"]["created"]) == (201, True)
    assert contact["httpStatusCode"] == 201
    assert contact["httpHeaders"]["Location"] == f"{DATA}/sobjects/Contact/{contact['body']['id']}"
    assert read["body"]["Name"] == "Rossi Srl"
    assert found["body"]["records"][0]["Id"] == contact["body"]["id"]
    assert sf.Contact.get(contact["body"]["id"])["AccountId"] == account["body"]["id"]
    again, by_row = composite(
        sf,
        sub("found", "GET", "query?q=SELECT+Id+FROM+Contact"),
        sub("row", "PATCH", "sobjects/Contact/@{found.records[0].Id}", {"Phone": "1"}),
    )
    assert (again["httpStatusCode"], by_row["httpStatusCode"], by_row["body"]) == (200, 204, None)
    assert sf.Contact.get(contact["body"]["id"])["Phone"] == "1"


def test_item_38_outer_all_or_none(sim, sf):
    good, bad, late = composite(
        sf,
        sub("good", "POST", "sobjects/Account", {"Name": "A"}),
        sub("bad", "POST", "sobjects/Contact", {"FirstName": "x"}),
        sub("late", "POST", "sobjects/Account", {"Name": "B"}),
        allOrNone=True,
    )
    assert (bad["httpStatusCode"], bad["body"][0]["errorCode"]) == (400, "REQUIRED_FIELD_MISSING")
    for other in (good, late):
        assert (other["httpStatusCode"], other["body"]) == (400, [HALTED])
    assert names(sf, "", "Name", "Account") == []


def test_item_38_independent_without_all_or_none(sim, sf):
    good, bad, follower, late = composite(
        sf,
        sub("good", "POST", "sobjects/Account", {"Name": "A"}),
        sub("bad", "POST", "sobjects/Account", {"Phone": "1"}),
        sub("follower", "POST", "sobjects/Contact", {"LastName": "F", "AccountId": "@{bad.id}"}),
        sub("late", "POST", "sobjects/Contact", {"LastName": "L", "AccountId": "@{good.id}"}),
        allOrNone=False,
    )
    assert (good["httpStatusCode"], late["httpStatusCode"]) == (201, 201)
    assert bad["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert (follower["httpStatusCode"], follower["body"][0]["errorCode"]) == (400, "PROCESSING_HALTED")
    assert names(sf, "") == ["L"]


def test_item_38_inner_and_outer_flags(sim, sf):
    def inner(reference, all_or_none, *last_names):
        records = [{"attributes": {"type": "Contact"}, "LastName": name} for name in last_names]
        return sub(reference, "POST", "composite/sobjects", {"allOrNone": all_or_none, "records": records})

    (kept,) = composite(sf, inner("c", True, "A", "x" * 81), allOrNone=False)
    assert kept["httpStatusCode"] == 200
    assert [item["success"] for item in kept["body"]] == [False, False]
    assert kept["body"][0]["errors"][0]["statusCode"] == "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    assert names(sf, "") == []
    (loose,) = composite(sf, inner("c", False, "B", "x" * 81), allOrNone=False)
    assert [item["success"] for item in loose["body"]] == [True, False]
    composite(sf, inner("c", False, "C", "x" * 81), allOrNone=True)
    assert names(sf, "") == ["B"], "the outer flag overrides the inner one"


def test_item_38_caps(sim, sf):
    def accounts(count):
        return [sub(f"r{i}", "POST", "sobjects/Account", {"Name": f"A{i}"}) for i in range(count)]

    assert all(answer["httpStatusCode"] == 201 for answer in composite(sf, *accounts(25)))
    with refused(400):
        composite(sf, *accounts(26))
    assert sf.query("SELECT COUNT() FROM Account")["totalSize"] == 25
    queries = [sub(f"q{i}", "GET", "query?q=SELECT+COUNT()+FROM+Account") for i in range(4)]
    records = [{"attributes": {"type": "Account"}, "Name": "C"}]
    assert len(composite(sf, *queries, sub("c", "POST", "composite/sobjects", {"records": records}))) == 5
    with refused(400):
        composite(sf, *queries, *[sub(f"c{i}", "POST", "composite/sobjects", {"records": records}) for i in range(2)])


@pytest.mark.parametrize("header", ["Accept", "Authorization", "Content-Type"])
def test_item_38_header_ban(sim, sf, header):
    with refused(400):
        composite(sf, sub("r", "POST", "sobjects/Account", {"Name": "A"}, httpHeaders={header: "x"}))
    assert names(sf, "", "Name", "Account") == []


def test_item_38_bad_envelopes(sim, sf):
    good = sub("r", "POST", "sobjects/Account", {"Name": "A"})
    nameless = {key: value for key, value in good.items() if key != "referenceId"}
    for requests in ([good, good], [nameless]):
        with refused(400):
            call(sf, "POST", "composite", json={"compositeRequest": requests})
    assert names(sf, "", "Name", "Account") == []


def test_item_38_counts_as_one_call(sim, sf):
    before = used(sf)
    composite(sf, *[sub(f"r{i}", "GET", "sobjects/Account/describe") for i in range(5)])
    assert sf.api_usage["api-usage"].used == before + 1


def used(sf):
    sf.query("SELECT COUNT() FROM Account")
    return sf.api_usage["api-usage"].used


def batch(sf, *requests, halt=False):
    reply = call(sf, "POST", "composite/batch", json={"haltOnError": halt, "batchRequests": list(requests)})
    assert reply.status_code == 200
    return reply.json()


def test_item_39_batch(sim, sf):
    (account,) = sim.seed("Account", [{"Name": "A"}])
    row = f"v62.0/sobjects/Account/{account}"
    good = {"method": "PATCH", "url": row, "richInput": {"Phone": "1"}}
    bad = {"method": "GET", "url": f"v62.0/sobjects/Account/{id18('001000000000ZZZ')}"}
    read = {"method": "GET", "url": f"{row}?fields=Name,Phone"}
    answer = batch(sf, good, read)
    assert answer["hasErrors"] is False
    assert answer["results"][0] == {"statusCode": 204, "result": None}
    assert answer["results"][1]["statusCode"] == 200
    assert answer["results"][1]["result"]["Phone"] == "1"
    answer = batch(sf, good | {"richInput": {"Phone": "2"}}, bad, read)
    assert answer["hasErrors"] is True
    assert [result["statusCode"] for result in answer["results"]] == [204, 404, 200]
    assert answer["results"][1]["result"][0]["errorCode"] == "NOT_FOUND"
    answer = batch(sf, good | {"richInput": {"Phone": "3"}}, bad, read, halt=True)
    assert answer["hasErrors"] is True
    assert [result["statusCode"] for result in answer["results"]] == [204, 404, 412]
    assert answer["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
    assert sf.Account.get(account)["Phone"] == "3", "earlier items are not rolled back"
    with refused(400):
        batch(sf, *[read] * 26)


def test_item_39_batch_counts_each_call(sim, sf):
    before = used(sf)
    batch(sf, *[{"method": "GET", "url": "v62.0/sobjects/Account/describe"}] * 3)
    assert used(sf) >= before + 4


def tree(reference, last_name="Y", **contact):
    children = {
        "records": [
            {"attributes": {"type": "Contact", "referenceId": f"{reference}c"}, "LastName": last_name, **contact}
        ]
    }
    return {"attributes": {"type": "Account", "referenceId": reference}, "Name": reference, "Contacts": children}


def plant(sf, *records):
    return call(sf, "POST", "composite/tree/Account", json={"records": list(records)})


def test_item_39_tree(sim, sf):
    reply = plant(sf, tree("a1"), tree("a2", "Z"))
    assert reply.status_code == 201
    assert reply.json()["hasErrors"] is False
    ids = {result["referenceId"]: result["id"] for result in reply.json()["results"]}
    assert set(ids) == {"a1", "a1c", "a2", "a2c"}
    assert sf.Contact.get(ids["a2c"])["AccountId"] == ids["a2"]


def test_item_39_tree_is_all_or_nothing(sim, sf):
    with refused(400) as caught:
        plant(sf, tree("a1"), tree("a2", Email="bad"))
    body = caught[0].content
    assert body["hasErrors"] is True
    (failed,) = body["results"]
    (error,) = failed["errors"]
    assert failed["referenceId"] == "a2c"
    assert (error["statusCode"], error["fields"]) == ("INVALID_EMAIL_ADDRESS", ["Email"])
    assert names(sf, "", "Name", "Account") == []


def test_item_39_tree_caps(sim, sf):
    with refused(400):
        plant(sf, tree("same"), tree("same"))
    with refused(400):
        plant(sf, *[tree(f"a{i}") for i in range(101)])
    assert names(sf, "", "Name", "Account") == []
    assert plant(sf, *[tree(f"a{i}") for i in range(100)]).status_code == 201
