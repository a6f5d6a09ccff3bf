"""Which records a duplicate rule found."""

import json

import pytest

from retail_sync_salesforce.client import duplicates
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session

KEY = "Odoo_External_Id__c"
FIRST, SECOND = "0035g00000BcDeFAAV", "001D000000ISUr3IAH"
RECORD = {KEY: "ab:res.partner:1/2 +", "LastName": "Rossi"}


def refusal(*found, spelling="duplicateResut"):
    matches = [{"record": {"attributes": {"type": "Contact"}, "Id": record_id}} for record_id in found]
    entry = {"errorCode": "DUPLICATES_DETECTED", "message": "Use one of these records?"}
    return [{spelling: {"matchResults": [{"matchRecords": matches}]}, **entry} if found else entry]


def part(index, body, status):
    return {"body": body, "httpHeaders": {}, "httpStatusCode": status, "referenceId": f"r{index}"}


def test_one_record_is_asked_for_by_its_key():
    session, server = new_session(Answer(refusal(FIRST, SECOND), 400))
    (result,) = duplicates.ask(session, "Contact", KEY, [RECORD])
    assert (result.ok, result.error.kind, result.error.record_ids) == (False, "duplicate", (FIRST, SECOND))
    assert server.last.method == "PATCH"
    assert server.last.url.endswith(f"/sobjects/Contact/{KEY}/ab%3Ares.partner%3A1%2F2%20%2B")
    assert server.json() == {"LastName": "Rossi"}
    assert server.last.headers["Sforce-Duplicate-Rule-Header"].startswith("allowSave=false")


def test_the_other_spelling():
    session, _ = new_session(Answer(refusal(FIRST, spelling="duplicateResult"), 400))
    assert duplicates.ask(session, "Contact", KEY, [RECORD])[0].error.record_ids == (FIRST,)


def test_a_record_that_passes_this_time_is_written():
    session, _ = new_session(Answer({"id": FIRST[:15], "success": True, "errors": [], "created": True}, 201))
    (result,) = duplicates.ask(session, "Contact", KEY, [RECORD])
    assert (result.ok, result.id, result.created, result.error) == (True, FIRST, True, None)


def test_an_update_by_id():
    session, server = new_session(Answer(None, 204))
    (result,) = duplicates.ask(session, "Contact", KEY, [{"Id": FIRST, "LastName": "Rossi"}])
    assert (result.ok, result.id) == (True, FIRST)
    assert server.paths() == [f"/services/data/v62.0/sobjects/Contact/{FIRST}"]
    assert server.json() == {"LastName": "Rossi"}


def test_several_share_a_call():
    answers = [part(0, refusal(FIRST), 400), part(1, {"id": SECOND, "success": True, "created": True}, 201)]
    answers.append(part(2, [{"errorCode": "REQUIRED_FIELD_MISSING", "message": "x", "fields": ["LastName"]}], 400))
    session, server = new_session(Answer({"compositeResponse": answers}))
    results = duplicates.ask(session, "Contact", KEY, [RECORD] * 3)
    assert [result.ok for result in results] == [False, True, False]
    assert results[0].error.record_ids == (FIRST,)
    assert results[2].error.code == "REQUIRED_FIELD_MISSING"
    assert len(server.requests) == 1


def test_names_left_out_of_a_composite_answer_are_asked_for_one_by_one():
    bare = Answer({"compositeResponse": [part(index, refusal(), 400) for index in range(3)]})
    session, server = new_session(bare, Answer(refusal(FIRST), 400), Answer(refusal(), 400))
    results = duplicates.ask(session, "Contact", KEY, [RECORD] * 3, single_calls=2)
    assert [result.error.record_ids for result in results] == [(FIRST,), (), ()]
    assert len(server.requests) == 3


def test_another_refusal_of_a_single_row_is_its_result():
    session, _ = new_session(Answer([{"errorCode": "ENTITY_IS_DELETED", "message": "entity is deleted"}], 404))
    assert duplicates.ask(session, "Contact", KEY, [RECORD])[0].error.kind == "gone"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer("<html/>", 503), "transient"),
        (Answer([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "x"}], 403), "throttled"),
    ],
)
def test_a_call_that_fails_is_raised(answer, kind):
    session, _ = new_session(answer)
    with pytest.raises(ClientError) as caught:
        duplicates.ask(session, "Contact", KEY, [RECORD])
    assert caught.value.kind == kind


def test_25_rows_a_call():
    def answer(request):
        parts = json.loads(request.body)["compositeRequest"]
        return Answer({"compositeResponse": [part(index, refusal(FIRST), 400) for index in range(len(parts))]})

    session, server = new_session(answer, answer)
    assert len(duplicates.ask(session, "Contact", KEY, [RECORD] * 30)) == 30
    assert len(server.requests) == 2
