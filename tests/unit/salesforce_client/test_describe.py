"""Objects, fields and mapped paths."""

import pytest

from retail_sync_salesforce.client import describe
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session

OBJECT = {
    "label": "Account",
    "keyPrefix": "001",
    "custom": False,
    "createable": True,
    "updateable": True,
    "deletable": True,
    "queryable": True,
    "replicateable": True,
}
NOT_FOUND = Answer([{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}], 404)


def field(name, **values):
    return {"name": name, "type": "string", "createable": True, "updateable": True, "length": 80, **values}


def reference(name, relationship, *targets, **values):
    return field(name, type="reference", referenceTo=list(targets), relationshipName=relationship, **values)


ACCOUNT = {
    **OBJECT,
    "name": "Account",
    "fields": [
        field("Name", nillable=False, defaultedOnCreate=False),
        field("Odoo_Id__c", externalId=True, unique=True, caseSensitive=True, custom=True, nillable=True),
        field("BillingAddress", type="address", createable=False, updateable=False),
        field(
            "Rating",
            type="picklist",
            restrictedPicklist=True,
            picklistValues=[
                {"active": True, "value": "Hot"},
                {"active": False, "value": "Old"},
            ],
        ),
        reference("OwnerId", "Owner", "Group", "User"),
        reference("ParentId", "Parent", "Account"),
        reference("Store__c", "Store__r", "Store__c"),
    ],
    "recordTypeInfos": [
        {"recordTypeId": "012000000000001AAA", "developerName": "Shop", "available": True, "master": False},
        {"recordTypeId": "012000000000000AAA", "developerName": "Master", "available": True, "master": True},
        {"recordTypeId": "012000000000002AAA", "developerName": "Closed", "available": False, "master": False},
    ],
}
USER = {**OBJECT, "name": "User", "fields": [field("Email", updateable=False, createable=False), field("Name")]}
GROUP = {**OBJECT, "name": "Group", "fields": [field("Name")]}


def described(body=ACCOUNT):
    session, _ = new_session(Answer(body, headers={"Last-Modified": "Wed, 20 May 2026 00:00:00 GMT"}))
    return describe.describe(session, body["name"])


def test_two_record_types_may_share_a_name():
    """Orgs with person accounts have two of the name PersonAccount; a person must be creatable with either."""
    kinds = [
        {"recordTypeId": f"01200000000000{number}AAA", "developerName": "PersonAccount", "available": True}
        for number in (1, 2)
    ]
    assert described({**ACCOUNT, "recordTypeInfos": kinds}).record_types == {
        "012000000000001AAA": "PersonAccount",
        "012000000000002AAA": "PersonAccount",
    }


def test_describe():
    account = described()
    assert (account.name, account.info.key_prefix, account.info.replicateable) == ("Account", "001", True)
    assert account.last_modified == "Wed, 20 May 2026 00:00:00 GMT"
    assert account.record_types == {"012000000000001AAA": "Shop"}
    external = account.field("odoo_id__C")
    assert external.name == "Odoo_Id__c"
    assert (external.external_id, external.unique, external.case_sensitive) == (True, True, True)
    assert (external.length, external.custom, external.required_on_create) == (80, True, False)
    assert account.field("Name").required_on_create
    assert account.field("Rating").picklist_values == ("Hot",)
    assert account.field("OwnerId").reference_to == ("Group", "User")
    assert account.field("Nonsense") is None
    assert account.parents("owner") == ("Group", "User")


def test_unchanged_since():
    session, server = new_session(Answer(None, 304))
    assert describe.describe(session, "Account", "Wed, 20 May 2026 00:00:00 GMT") is None
    assert server.last.headers["If-Modified-Since"] == "Wed, 20 May 2026 00:00:00 GMT"
    assert server.paths() == ["/services/data/v62.0/sobjects/Account/describe"]


def test_an_unknown_object():
    session, _ = new_session(NOT_FOUND)
    with pytest.raises(ClientError) as caught:
        describe.describe(session, "Foo__c")
    assert (caught.value.kind, caught.value.code) == ("contract", "NOT_FOUND")


@pytest.mark.parametrize("body", [[], {}, {"fields": [{}], "name": "X"}, {"fields": []}, {"name": "X", "fields": None}])
def test_an_answer_of_another_shape(body):
    session, _ = new_session(Answer(body))
    with pytest.raises(ClientError, match="ODD_ANSWER"):
        describe.describe(session, "Account")


def test_objects():
    session, server = new_session(
        Answer({"sobjects": [{**OBJECT, "name": "Account"}, {"name": "X__c", "queryable": False}]})
    )
    found = describe.objects(session)
    assert list(found) == ["Account", "X__c"]
    assert found["Account"].queryable and not found["X__c"].queryable
    assert server.paths() == ["/services/data/v62.0/sobjects"]


@pytest.mark.parametrize("body", [[], {}, {"sobjects": [{}]}])
def test_a_list_of_another_shape(body):
    session, _ = new_session(Answer(body))
    with pytest.raises(ClientError, match="ODD_ANSWER"):
        describe.objects(session)


def test_paths():
    known = {"User": described(USER), "Group": described(GROUP), "Account": described()}
    wanted = ["Name", "name", "Nonsense", "BillingAddress", "Owner.Email", "Owner.Nonsense", "Parent.Owner.Email"]
    wanted += ["Nobody.Name", "Parent.Nobody.Name", "Store__r.Name"]
    found = describe.check_paths(described(), wanted, known.get)
    assert {path: check.status for path, check in found.items()} == {
        "Name": "ok",
        "name": "ok",
        "Nonsense": "missing",
        "BillingAddress": "read_only",
        "Owner.Email": "read_only",
        "Owner.Nonsense": "missing",
        "Parent.Owner.Email": "read_only",
        "Nobody.Name": "missing",
        "Parent.Nobody.Name": "missing",
        "Store__r.Name": "missing",
    }
    assert found["Name"].detail == "" and found["Name"].field.name == "Name"
    assert "Nonsense" in found["Owner.Nonsense"].detail and "Group/User" in found["Owner.Nonsense"].detail
    assert found["Owner.Email"].field.name == "Email"


def test_paths_without_a_way_to_look_up_parents():
    found = describe.check_paths(described(), ["Owner.Whatever", "Nobody.Name"])
    assert {path: check.status for path, check in found.items()} == {
        "Owner.Whatever": "read_only",
        "Nobody.Name": "missing",
    }


def test_each_object_is_asked_for_once():
    session, server = new_session(Answer(ACCOUNT), NOT_FOUND)
    cache = describe.DescribeCache(session)
    assert cache("Account") is cache("account")
    assert cache("Foo__c") is None
    assert cache("Foo__c") is None
    assert len(server.requests) == 2


def test_the_cache_hides_no_outage():
    session, _ = new_session(Answer("<html/>", 503))
    with pytest.raises(ClientError) as caught:
        describe.DescribeCache(session)("Account")
    assert caught.value.kind == "transient"
