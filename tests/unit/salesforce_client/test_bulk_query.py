"""Bulk query jobs and their rows."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_salesforce.client import bulk_query
from retail_sync_salesforce.client.errors import ClientError

from .fakes import Answer, new_session

JOB = "7505g00000XyZabAAF"
HEADER = '"Id","Name","Owner.Email"\n'
ROWS = '"001D000000ISUr3IAH","Rossi ""& Co"", Udine","a@b.it"\n"70130000001tcyIAAQ","two\r\nlines\u2028here",""\n'


def job(**values):
    return Answer({"id": JOB, "state": "UploadComplete", "object": "Account", **values})


def csv_answer(text, count, locator="null", headers=None):
    paging = {"Sforce-NumberOfRecords": str(count), "Sforce-Locator": locator, "Content-Type": "text/csv"}
    return Answer(text if isinstance(text, bytes) else text.encode(), headers={**paging, **(headers or {})})


def refusal(code, status):
    return Answer([{"errorCode": code, "message": "reported"}], status)


def fault(call, *args, **kwargs):
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    return caught.value.kind, caught.value.code


def test_create():
    session, server = new_session(job(), job())
    assert bulk_query.create_job(session, "SELECT Id FROM Account")["id"] == JOB
    bulk_query.create_job(session, "SELECT Id FROM Account", all=True)
    assert server.paths() == ["/services/data/v62.0/jobs/query"] * 2
    assert [server.json(i)["operation"] for i in (0, 1)] == ["query", "queryAll"]
    assert server.json()["query"] == "SELECT Id FROM Account"


@pytest.mark.parametrize("state", ["UploadComplete", "InProgress", "JobComplete"])
def test_states(state):
    session, _ = new_session(job(state=state, numberRecordsProcessed=5))
    assert bulk_query.job(session, JOB)["state"] == state


@pytest.mark.parametrize(
    ("values", "kind", "code"),
    [
        ({"state": "Failed", "errorMessage": "INVALID_FIELD: No such column"}, "contract", "BULK_JOB_FAILED"),
        ({"state": "Failed", "errorMessage": "QUERY_TIMEOUT : too long"}, "unknown", "BULK_JOB_FAILED"),
        ({"state": "Failed"}, "unknown", "BULK_JOB_FAILED"),
        # Such a job was looked at for ever, and its stream neither loaded nor polled meanwhile.
        ({"state": "Failed", "errorMessage": "SERVER_UNAVAILABLE: try later"}, "transient", "BULK_JOB_LOST"),
        ({"state": "Failed", "errorMessage": "REQUEST_LIMIT_EXCEEDED: Total"}, "transient", "BULK_JOB_LOST"),
        (
            {"state": "Failed", "errorMessage": "InvalidBatch : Failed: SERVER_UNAVAILABLE: x"},
            "transient",
            "BULK_JOB_LOST",
        ),
        ({"state": "Failed", "errorMessage": "InvalidBatch : Failed: INVALID_FIELD: x"}, "contract", "BULK_JOB_FAILED"),
        ({"state": "Aborted"}, "unknown", "BULK_JOB_ABORTED"),
        ({"state": ""}, "contract", "ODD_ANSWER"),
    ],
)
def test_jobs_that_came_to_nothing(values, kind, code):
    session, _ = new_session(job(**values))
    assert fault(bulk_query.job, session, JOB) == (kind, code)


def test_a_failed_job_tells_why():
    session, _ = new_session(job(state="Failed", errorMessage="INVALID_FIELD: No such column 'X'"))
    with pytest.raises(ClientError, match="No such column 'X'"):
        bulk_query.job(session, JOB)


@pytest.mark.parametrize("call", [bulk_query.job, bulk_query.results])
@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (refusal("NOT_FOUND", 404), "transient", "BULK_JOB_LOST"),
        (refusal("INVALIDJOB", 400), "transient", "BULK_JOB_LOST"),
        (refusal("INVALID_QUERY_LOCATOR", 400), "transient", "BULK_JOB_LOST"),
        (refusal("INVALIDJOBSTATE", 400), "transient", "BULK_JOB_NOT_READY"),
        (refusal("INVALIDVERSION", 409), "transient", "BULK_VERSION_CHANGED"),
        (refusal("API_DISABLED_FOR_ORG", 403), "contract", "API_DISABLED_FOR_ORG"),
        (Answer("<html/>", 503), "transient", "HTTP_503"),
    ],
)
def test_refusals(call, answer, kind, code):
    session, _ = new_session(answer)
    assert fault(call, session, JOB) == (kind, code)


def test_a_page_of_rows():
    session, server = new_session(csv_answer(HEADER + ROWS, 2, "MTAwMDA"))
    with bulk_query.results(session, JOB, max_records=2) as page:
        assert page.header == ["Id", "Name", "Owner.Email"]
        assert (page.count, page.next_locator) == (2, "MTAwMDA")
        assert list(page.rows) == [
            ["001D000000ISUr3IAH", 'Rossi "& Co", Udine', "a@b.it"],
            ["70130000001tcyIAAQ", "two\r\nlines\u2028here", None],
        ]
    assert server.query() == {"maxRecords": "2"}
    assert server.last.headers["Accept"] == "text/csv"
    assert server.options[-1]["timeout"] == (5, 300)
    assert server.options[-1]["stream"] is True


def test_rows_as_dicts_and_the_last_page():
    session, server = new_session(csv_answer(HEADER + ROWS, 2))
    page = bulk_query.results(session, JOB, "MTAwMDA")
    assert page.next_locator is None
    assert next(page.dicts()) == {"Id": "001D000000ISUr3IAH", "Name": 'Rossi "& Co", Udine', "Owner.Email": "a@b.it"}
    assert server.query() == {"maxRecords": "50000", "locator": "MTAwMDA"}


def test_a_compressed_page():
    body = gzip.compress((HEADER + ROWS).encode())
    session, _ = new_session(csv_answer(body, 2, headers={"Content-Encoding": "gzip"}))
    assert len(list(bulk_query.results(session, JOB).rows)) == 2


def test_a_job_without_rows():
    session, _ = new_session(csv_answer(HEADER, 0))
    page = bulk_query.results(session, JOB)
    assert (page.header, list(page.rows), page.count) == (["Id", "Name", "Owner.Email"], [], 0)


def test_windows_line_ends_and_a_byte_order_mark():
    session, _ = new_session(csv_answer("\ufeff" + "Id,Name\r\n1,b\r\n", 1))
    page = bulk_query.results(session, JOB)
    assert (page.header, list(page.rows)) == (["Id", "Name"], [["1", "b"]])


def test_a_cell_longer_than_the_csv_module_takes():
    long = "x" * 200_000
    session, _ = new_session(csv_answer(f'Id,Name\n1,"{long}"\n', 1))
    assert list(bulk_query.results(session, JOB).rows) == [["1", long]]


class _Breaks(io.BytesIO):
    def read(self, size=-1):
        chunk = super().read(size)
        if not chunk:
            raise OSError("reset by peer")
        return chunk


class _BrokenAnswer(Answer):
    def raw(self):
        return _Breaks(self.content)


@pytest.mark.parametrize(
    "answer",
    [
        csv_answer(HEADER + ROWS, 3),
        csv_answer(HEADER + ROWS, 1),
        csv_answer(HEADER + '"1","cut off', 1),
        csv_answer(HEADER + '"1","cells enough","but cut o', 1),
        csv_answer(HEADER + '"1","two cells"\n', 1),
        csv_answer(HEADER.encode() + b'"1","\xff","x"\n', 1),
        csv_answer(gzip.compress((HEADER + ROWS).encode())[:-12], 2, headers={"Content-Encoding": "gzip"}),
        _BrokenAnswer(HEADER + ROWS, headers={"Sforce-NumberOfRecords": "2", "Sforce-Locator": "null"}),
    ],
)
def test_a_result_that_is_not_whole_never_passes_for_one(answer):
    session, _ = new_session(answer)
    assert fault(lambda: list(bulk_query.results(session, JOB).rows)) == ("transient", "BULK_RESULT_BROKEN")


def test_an_empty_result_with_rows_announced():
    session, _ = new_session(csv_answer("", 5))
    assert fault(bulk_query.results, session, JOB) == ("transient", "BULK_RESULT_BROKEN")


def test_an_answer_without_paging_headers():
    session, _ = new_session(Answer("Id\n1\n"))
    assert fault(bulk_query.results, session, JOB) == ("contract", "ODD_ANSWER")


def test_a_page_of_an_outage_in_place_of_a_result():
    """As with every other call, it passes; taken for a broken contract, it stopped the stream of a first load."""
    session, _ = new_session(Answer("<html>We are setting things up</html>", headers={"Content-Type": "text/html"}))
    assert fault(bulk_query.results, session, JOB) == ("transient", "BULK_RESULT_BROKEN")


def test_a_creation_without_an_answer_may_be_repeated():
    session, _ = new_session(Answer("<html/>", 504))
    assert fault(bulk_query.create_job, session, "SELECT Id FROM Account") == ("transient", "HTTP_504")


cells = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=12)


@given(st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6))
def test_any_text_comes_through(table):
    quoted = (['"{}"'.format(cell.replace('"', '""')) for cell in row] for row in [["a", "b", "c"], *table])
    lines = "".join(",".join(row) + "\n" for row in quoted)
    session, _ = new_session(csv_answer(lines, len(table)))
    assert list(bulk_query.results(session, JOB).rows) == [[cell or None for cell in row] for row in table]


def test_rows_arrive_while_the_body_is_still_coming():
    """Memory stays flat: a page is never held whole."""
    taken = []

    class Slow(io.BytesIO):
        def read(self, size=-1):
            taken.append(size)
            return super().read(min(size, 4096) if size and size > 0 else 4096)

    class SlowAnswer(Answer):
        def raw(self):
            return Slow(self.content)

    body = HEADER + '"1","some name","x@y.example"\n' * 200_000
    session, _ = new_session(SlowAnswer(body, headers={"Sforce-NumberOfRecords": "200000", "Sforce-Locator": "null"}))
    page = bulk_query.results(session, JOB)
    next(page.rows)
    assert sum(1 for _ in taken) * 4096 < len(body) / 4
    page.close()
