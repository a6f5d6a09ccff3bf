"""Records to be written, and a server that takes them."""

import json

from retail_sync_salesforce.client import collections, ids

from .fakes import Answer

KEY = "Odoo_External_Id__c"
LONG = [
    {"statusCode": "STRING_TOO_LONG", "message": "Name: data value too large: x (max length=1)", "fields": ["Name"]}
]
UNREADABLE = [{"errorCode": "JSON_PARSER_ERROR", "message": "Cannot deserialize instance of date"}]


def record_id(number, prefix="001"):
    return ids.to_18(f"{prefix}5g00000A{number:04d}")


def updates(count):
    return [{"Id": record_id(i), "Phone": str(i)} for i in range(count)]


def upserts(count, prefix="ab"):
    return [{KEY: f"{prefix}:res.partner:{i}", "Name": str(i)} for i in range(count)]


def saved(records):
    """What the server says of these records: those named 'bad' are refused."""
    return [
        {"success": False, "errors": LONG}
        if row.get("Name") == "bad"
        else {"id": row.get("id", "0015g00000ZZZZZ"), "success": True, "errors": [], "created": "id" not in row}
        for row in records
    ]


def server_side(request):
    """A server that refuses a whole collection when one of its records cannot be read."""

    def collection(body):
        if any(row.get("Name") == "unreadable" for row in body["records"]):
            return 400, UNREADABLE
        return 200, saved(body["records"])

    body = json.loads(request.body)
    if "records" in body:
        status, answer = collection(body)
        return Answer(answer, status)
    parts = []
    for part in body["compositeRequest"]:
        status, answer = collection(part["body"])
        parts.append({"body": answer, "httpHeaders": {}, "httpStatusCode": status, "referenceId": part["referenceId"]})
    return Answer({"compositeResponse": parts})


def save(session, records, **options):
    results = {}
    for found in collections.save(session, "Account", KEY, records, **options):
        assert not results.keys() & found.keys()
        results.update(found)
    assert sorted(results) == list(range(len(records)))
    return [results[index] for index in range(len(records))]
