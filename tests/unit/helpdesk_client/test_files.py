"""Files: which may pass, under which names, and whose token goes where."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.client import errors, files
from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.files import UploadRules
from retail_sync_helpdesk.client.records import Attachment
from retail_sync_helpdesk.client.zendesk import attachments

from .fakes import HOST, Answer, new_session

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
PDF = b"%PDF-1.7\n\x00\x01"


def code_of(call):
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.code


@pytest.mark.parametrize(
    "name, clean",
    [
        ("invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ('a";x=<b>.pdf', "a__x=_b_.pdf"),
        ("  .hidden. ", "hidden"),
        ("", "file"),
        ("..", "file"),
        ("Quittung für März.pdf", "Quittung für März.pdf"),
    ],
)
def test_a_name_is_cleaned(name, clean):
    assert files.clean_name(name) == clean


@given(st.text(max_size=400))
def test_no_name_leaves_its_folder_or_grows(name):
    clean = files.clean_name(name)
    assert 1 <= len(clean) <= files.NAME_LENGTH
    assert not set(clean) & set('/\\\r\n\x00"')
    assert clean not in (".", "..")


def test_a_long_name_keeps_its_extension():
    assert files.clean_name("x" * 300 + ".pdf") == "x" * (files.NAME_LENGTH - 4) + ".pdf"


@pytest.mark.parametrize(
    "head, name, found",
    [
        (PDF, "a.pdf", "application/pdf"),
        (PNG, "a.png", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "a.webp", "image/webp"),
        (b"PK\x03\x04rest", "a.docx", "application/vnd.office"),
        (b"PK\x03\x04rest", "a.zip", "application/zip"),
        (b"MZ\x90", "a.pdf", "application/x-msdownload"),
        (b"\x7fELF", "a", "application/x-executable"),
        (b"#!/bin/sh", "a.txt", "text/x-script"),
        (b" \n<HTML>", "a.txt", "text/html"),
        (b"<svg onload=x>", "a.png", "text/html"),
        (b'<?xml version="1.0"?>', "a.svg", "text/html"),
        ("Größe;Preis\n".encode("latin-1"), "a.csv", "text/plain"),
        (b"\x00\x01\x02", "a.txt", "application/octet-stream"),
    ],
)
def test_a_file_is_what_it_begins_with(head, name, found):
    assert files.sniff(head, name) == found


@pytest.mark.parametrize(
    "name, content, code",
    [
        ("a.pdf", b"", "FILE_EMPTY"),
        ("a.pdf", PDF * 20, "FILE_TOO_LARGE"),
        ("a.exe", b"MZ\x90", "FILE_TYPE_NOT_ALLOWED"),
        ("a.pdf", b"MZ\x90", "FILE_TYPE_NOT_ALLOWED"),
        ("a.txt", b"<html>", "FILE_TYPE_NOT_ALLOWED"),
        ("a.png", PDF, "FILE_TYPE_DIFFERS"),
        ("a.pdf", b"plain text", "FILE_TYPE_DIFFERS"),
    ],
)
def test_a_file_that_breaks_a_rule_is_not_sent(name, content, code):
    session, desk = new_session()
    assert code_of(lambda: attachments.upload(session, name, io.BytesIO(content), UploadRules(max_bytes=100))) == code
    assert desk.requests == []


def test_a_file_is_sent_under_its_clean_name_as_what_it_is():
    session, desk = new_session(Answer({"upload": {"token": "u-1", "attachment": {"id": 5}}}, 201))
    assert attachments.upload(session, "../a b.pdf", io.BytesIO(PDF)) == "u-1"
    assert desk.calls() == ["POST /uploads"]
    assert desk.query() == {"filename": "a b.pdf"}
    assert desk.bodies == [PDF]
    assert desk.last.headers["Content-Type"] == "application/pdf"
    assert desk.last.headers["Content-Length"] == str(len(PDF))


def test_an_upload_without_a_token_is_a_fault():
    session, _ = new_session(Answer({"upload": {}}))
    assert code_of(lambda: attachments.upload(session, "a.pdf", io.BytesIO(PDF))) == "ODD_ANSWER"


ACCOUNT_URL = f"{HOST}/attachments/token/canarykey/?name=a.pdf"
CONTENT = "https://p21.zdusercontent.com/attachment/1/x?token=canary"


def fetch(*script, url=ACCOUNT_URL, limit=1000, size=0, sink=None):
    session, desk = new_session(*script)
    sink = sink or io.BytesIO()
    return attachments.download(session, Attachment("5", size=size, url=url), sink, limit), sink.getvalue(), desk


def test_an_attachment_is_written_to_the_sink():
    assert fetch(Answer(PDF))[:2] == (len(PDF), PDF)


def test_the_token_goes_to_the_account_and_not_to_where_it_leads():
    length, content, desk = fetch(Answer(None, 302, {"Location": CONTENT}), Answer(PDF))
    assert (length, content) == (len(PDF), PDF)
    assert ["Authorization" in request.headers for request in desk.requests] == [True, False]


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/a.pdf",
        "https://zdusercontent.com.evil.example/a.pdf",
        "https://evilzdusercontent.com/a.pdf",
        "https://zdusercontent.com/a.pdf",
        "http://p21.zdusercontent.com/a.pdf",
        "https://acme.zendesk.com@evil.example/a.pdf",
        "https://169.254.169.254/latest/meta-data",
        "https://localhost/",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_host_is_called_neither_at_once_nor_by_a_redirect(url):
    for script, first in (((), url), ((Answer(None, 302, {"Location": url}),), ACCOUNT_URL)):
        if not url and script:
            continue  # an empty redirect leads to the same address, and ends below
        session, desk = new_session(*script)
        with pytest.raises(ClientError) as caught:
            attachments.download(session, Attachment("5", url=first), io.BytesIO(), 1000)
        assert caught.value.kind == errors.CONTRACT
        assert len(desk.requests) == len(script)


def test_another_account_of_the_service_gets_no_token():
    _length, _content, desk = fetch(Answer(PDF), url="https://other.zendesk.com/attachments/1")
    assert "Authorization" not in desk.last.headers


def test_redirects_end():
    assert code_of(lambda: fetch(*[Answer(None, 302, {"Location": ACCOUNT_URL})] * 9)) == "TOO_MANY_REDIRECTS"


def test_a_file_past_the_limit_leaves_nothing_in_the_sink():
    sink = io.BytesIO()
    sink.write(b"before")
    assert code_of(lambda: fetch(Answer(b"x" * 200_000), limit=100_000, sink=sink)) == "FILE_TOO_LARGE"
    assert sink.getvalue() == b"before"


def test_a_file_that_announces_too_much_is_not_asked_for():
    session, desk = new_session()
    call = lambda: attachments.download(session, Attachment("5", url=ACCOUNT_URL, size=2000), io.BytesIO(), 1000)  # noqa: E731
    assert code_of(call) == "FILE_TOO_LARGE"
    assert desk.requests == []


def test_a_file_that_is_gone_is_a_fault_without_its_address():
    with pytest.raises(ClientError) as caught:
        fetch(Answer({"error": "RecordNotFound"}, 404))
    assert caught.value.kind == errors.GONE
    assert "canarykey" not in f"{caught.value} {caught.value!r}"


def test_a_download_counts_in_the_accounts_budget():
    session, desk = new_session(Answer(PDF))
    session.limits = type(session.limits)(account=1)
    attachments.download(session, Attachment("5", url=ACCOUNT_URL), io.BytesIO(), 1000)
    with pytest.raises(ClientError) as caught:
        attachments.download(session, Attachment("5", url=ACCOUNT_URL), io.BytesIO(), 1000)
    assert caught.value.kind == errors.THROTTLED
    assert len(desk.requests) == 1
