"""Ids deleted or updated in a span of time."""

import pytest

from retail_sync_salesforce.client import replication
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session

ID = "001D000000ISUr3IAH"
NOON = 1779278400000  # 2026-05-20T12:00:00Z


def deletions(**other):
    return {
        "deletedRecords": [{"id": ID[:15], "deletedDate": "2026-05-20T09:44:32.000+0000"}],
        "earliestDateAvailable": "2026-05-03T15:57:00.000+0000",
        "latestDateCovered": "2026-05-20T11:58:00.000+0000",
        **other,
    }


def test_deleted():
    session, server = new_session(Answer(deletions()))
    page = replication.deleted(session, "Account", "2026-05-20T09:00:59.999Z", NOON)
    assert page.records == [replication.Deleted(ID, 1779270272000)]
    assert (page.latest_date_covered, page.latest_ms) == ("2026-05-20T11:58:00Z", NOON - 120_000)
    assert server.paths() == ["/services/data/v62.0/sobjects/Account/deleted/"]
    assert server.query() == {"start": "2026-05-20T09:00:00+00:00", "end": "2026-05-20T12:00:00+00:00"}


def test_updated():
    session, server = new_session(Answer({"ids": [ID[:15]], "latestDateCovered": "2026-05-20T11:58:00.000+0000"}))
    page = replication.updated(session, "Account", NOON - 3_600_000, NOON)
    assert page == replication.UpdatedPage([ID], "2026-05-20T11:58:00Z", NOON - 120_000)
    assert server.paths() == ["/services/data/v62.0/sobjects/Account/updated/"]


@pytest.mark.parametrize(("start", "end"), [(NOON, NOON), (NOON + 59_000, NOON + 59_999), (NOON + 300_000, NOON)])
def test_a_window_is_a_minute_at_least_and_never_reaches_into_the_future(start, end):
    assert replication.window(start, end) == (NOON - 60_000, NOON)


@pytest.mark.parametrize("call", [replication.deleted, replication.updated])
def test_a_start_too_far_back_asks_for_a_full_comparison(call):
    body = [{"errorCode": "INVALID_REPLICATION_DATE", "message": "startDate before org replication enabled date"}]
    session, _ = new_session(Answer(body, 400))
    with pytest.raises(ClientError) as caught:
        call(session, "Account", NOON - 40 * 86_400_000, NOON)
    assert (caught.value.kind, caught.value.code) == ("contract", "DELETED_WINDOW_LOST")


def test_the_same_code_for_a_young_window_has_another_cause():
    body = [{"errorCode": "INVALID_REPLICATION_DATE", "message": "the object cannot be replicated"}]
    session, _ = new_session(Answer(body, 400))
    with pytest.raises(ClientError, match="INVALID_REPLICATION_DATE"):
        replication.deleted(session, "Account", NOON - 3_600_000, NOON)


def test_a_log_purged_after_the_start_gives_what_it_has_and_says_so():
    session, _ = new_session(Answer(deletions(earliestDateAvailable="2026-05-20T11:00:00.000+0000")))
    page = replication.deleted(session, "Account", NOON - 3_660_000, NOON)
    assert page.lost and page.records


def test_a_log_that_starts_within_the_first_minute_is_whole():
    session, _ = new_session(Answer(deletions(earliestDateAvailable="2026-05-20T11:00:40.000+0000")))
    page = replication.deleted(session, "Account", NOON - 3_600_000, NOON)
    assert page.records and not page.lost


def test_another_refusal_keeps_its_name():
    session, _ = new_session(Answer([{"errorCode": "EXCEEDED_ID_LIMIT", "message": ""}], 400))
    with pytest.raises(ClientError, match="EXCEEDED_ID_LIMIT"):
        replication.deleted(session, "Account", NOON - 60_000, NOON)


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"deletedRecords": []},
        {
            "deletedRecords": [{"id": "x", "deletedDate": "2026-05-20T09:44:32Z"}],
            "latestDateCovered": "2026-05-20T09:44:32Z",
        },
        {"deletedRecords": [{"id": ID}], "latestDateCovered": "2026-05-20T09:44:32Z"},
        {"ids": [1], "latestDateCovered": "2026-05-20T09:44:32Z"},
        {"ids": [ID], "latestDateCovered": "soon"},
    ],
)
@pytest.mark.parametrize("call", [replication.deleted, replication.updated])
def test_an_answer_of_another_shape(call, body):
    session, _ = new_session(Answer("null" if body is None else body))
    with pytest.raises(ClientError) as caught:
        call(session, "Account", NOON - 60_000, NOON)
    assert (caught.value.kind, caught.value.code) == ("contract", "ODD_ANSWER")


def test_the_object_is_a_name():
    session, _ = new_session()
    with pytest.raises(ValueError):
        replication.deleted(session, "Account/x", NOON - 60_000, NOON)
