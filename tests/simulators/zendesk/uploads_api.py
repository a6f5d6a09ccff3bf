"""Files: uploads that wait for their comment, and attachments."""

from __future__ import annotations

import mimetypes
import re
import secrets

from . import comments
from .errors import ApiError, not_found
from .messages import Call, Response, answer
from .routes import Route
from .table import Row

CONTENT = re.compile(r"^/attachments/token/(\w+)/?$")


def upload(call: Call) -> Response:
    """Keep the raw bytes of the body under a token; a ``token`` of an earlier upload takes a further file."""
    account, name = call.account, call.query.get("filename")
    if not name:
        raise ApiError(400, "Unprocessable Entity", "Parameter filename is required")
    token = call.query.get("token") or secrets.token_hex(16)
    if call.query.get("token") and token not in account.records.uploads:
        raise not_found()
    kind = call.request.headers.get("content-type", "").split(";")[0].strip()
    if kind in ("", "application/octet-stream", "application/binary"):
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    number = account.ids.number()
    row = {
        "id": number, "file_name": name, "content_type": kind, "size": len(call.request.body), "inline": False,
        "deleted": False, "width": None, "height": None, "malware_scan_result": "malware_not_found", "thumbnails": [],
        "malware_access_override": False, "token": secrets.token_hex(16),
    }  # fmt: skip
    account.records.contents[number] = call.request.body
    account.save("attachment", row, call.actor, "create")
    account.records.uploads.setdefault(token, []).append(number)
    shown = comments.attachment(account, number)
    files = [comments.attachment(account, each) for each in account.records.uploads[token]]
    return answer(201, {"upload": {"token": token, "attachment": shown, "attachments": files}})


def delete_upload(call: Call) -> Response:
    if call.account.records.uploads.pop(call.args["token"], None) is None:
        raise not_found()
    return answer(204)


def show_attachment(call: Call) -> Response:
    if call.account.records.attachments.get(call.number()) is None:
        raise not_found()
    return answer(200, {"attachment": comments.attachment(call.account, call.number())})


def content(found: re.Match[str], rows: dict[int, Row], contents: dict[int, bytes]) -> Response:
    """The bytes behind a ``content_url``, which needs no token of the API."""
    for number, row in rows.items():
        if row["token"] == found[1]:
            headers = {"Content-Disposition": f'attachment; filename="{row["file_name"]}"'}
            return Response(200, contents[number], headers, str(row["content_type"]))
    raise not_found()


ROUTES = [
    Route("POST", "uploads", upload, "tickets"),
    Route("DELETE", "uploads/{token}", delete_upload, "tickets"),
    Route("GET", "attachments/{id}", show_attachment, "tickets"),
]
