"""From an HTTP reply, or the lack of one, to a ClientError (API sheet sections 1.4, 2.4, 3.1, 4.1, 6.2, 6.3)."""

import contextlib
import html
import json
import re
import time
from collections.abc import Mapping
from typing import Any

import requests

from . import errors, ids, times
from .addresses import HostNotAllowed, refused_address
from .errors import ClientError

XML_LENGTH = 20_000
# Two elements of a refusal, read without an XML parser: nothing of an answer is expanded.
_XML_CODE = re.compile(r"<(?:errorCode|exceptionCode)>\s*(\w+)\s*</")
_XML_MESSAGE = re.compile(r"<(?:message|exceptionMessage)>([^<]*)</")
_DUPLICATE_OF = re.compile(r"record with id: (\w{15,18})")
_URL_ID = re.compile(r"/sobjects/[^/]+/(\w{15,18})\Z")
_UNRESOLVED = ("NameResolutionError", "Name or service not known", "getaddrinfo", "nodename nor servname")
#: With these nothing had been sent yet, so even a non-idempotent call may be repeated.
_NOT_SENT = frozenset(("CONNECT_TIMEOUT", "NAME_NOT_RESOLVED", "CONNECTION_REFUSED"))


def from_response(response: requests.Response, path: str = "", idempotent: bool = True) -> ClientError:
    """The error of a reply with a status >= 300; its body may be an array, an object, HTML or nothing."""
    return from_body(
        response.status_code,
        decode(response),
        path=path,
        retry_after=retry_after(response.headers),
        excerpt=response.text if response.content else "",
        idempotent=idempotent,
    )


def decode(response: requests.Response) -> Any:
    """The parsed JSON body, or None when it is no JSON: an outage answers in HTML.

    Where a call asked for CSV, the service may refuse it in XML: the code and the message in it become an error body.
    """
    with contextlib.suppress(ValueError):
        return response.json()
    found = _XML_CODE.search(response.text[:XML_LENGTH])
    if not found:
        return None
    message = _XML_MESSAGE.search(response.text[:XML_LENGTH])
    return [{"errorCode": found[1], "message": html.unescape(message[1]) if message else ""}]


def from_body(
    status: int,
    body: Any,
    *,
    path: str = "",
    retry_after: float | None = None,
    excerpt: str | None = None,
    idempotent: bool = True,
) -> ClientError:
    """The error of a parsed body with its status: of a whole reply, or of one part of a composite one."""
    if excerpt is None:
        excerpt = "" if body is None else json.dumps(body, ensure_ascii=False, default=str)
    entry = leading_entry(body)
    if status == 300 and not entry:
        return _several_matches(body, excerpt)
    code = str(entry.get("errorCode") or entry.get("statusCode") or entry.get("error") or "")
    message = str(entry.get("message") or entry.get("error_description") or "").strip()
    kind = errors.classify(code, message, status=status, path=path)
    if not code:
        code = f"HTTP_{status}"
        message = message or "the answer carries no error code"
        kind = errors.kind_by_status(status)
    if kind == errors.TRANSIENT and status > 500 and not idempotent:
        kind = errors.UNKNOWN  # a gateway gave up on a write that may have been done
    fields = entry.get("fields")
    return ClientError(
        kind,
        code,
        message,
        fields=(str(field) for field in fields) if isinstance(fields, list) else (),
        http_status=status,
        retry_after=retry_after if retry_after is not None else errors.default_pause(code, message),
        body_excerpt=excerpt,
        record_ids=_duplicates_of(entry, message) if kind == errors.DUPLICATE else (),
    )


def is_expired(status: int, code: str) -> bool:
    """Whether a refusal may be that of a token that has ended: a new one is worth a try.

    The service says so by its code. A 401 without one is the word of whatever stands in front of it.
    """
    return status == 401 and code in ("INVALID_SESSION_ID", "HTTP_401")


def leading_entry(body: Any) -> Mapping[str, Any]:
    """The entry that explains an error body: the first that is not the mere consequence of another one."""
    if isinstance(body, dict):
        return body
    entries = [entry for entry in body if isinstance(entry, dict)] if isinstance(body, list) else []
    for entry in entries:
        if str(entry.get("errorCode") or entry.get("statusCode")) not in errors.FOLLOWERS:
            return entry
    return entries[0] if entries else {}


def _several_matches(body: Any, excerpt: str) -> ClientError:
    paths = body if isinstance(body, list) else []
    found = (_URL_ID.search(path) for path in paths if isinstance(path, str))
    record_ids = [ids.to_18(match[1]) for match in found if match and ids.is_id(match[1])]
    return ClientError(
        errors.DUPLICATE,
        "DUPLICATE_EXTERNAL_ID",
        "several records carry this external id",
        http_status=300,
        body_excerpt=excerpt,
        record_ids=record_ids,
    )


def _duplicates_of(entry: Mapping[str, Any], message: str) -> list[str]:
    found = [match for match in _DUPLICATE_OF.findall(message) if ids.is_id(match)]
    # the misspelling is the server's own; some versions spell it right
    result = entry.get("duplicateResut") or entry.get("duplicateResult")
    for match_result in _dicts(result, "matchResults"):
        for match in _dicts(match_result, "matchRecords"):
            record = match.get("record")
            record_id = record.get("Id") if isinstance(record, dict) else None
            if ids.is_id(record_id):
                found.append(record_id)
    return list(dict.fromkeys(ids.to_18(value) for value in found))


def _dicts(holder: Any, key: str) -> list[Mapping[str, Any]]:
    """The dicts listed under a key; none where there is something else."""
    listed = holder.get(key) if isinstance(holder, dict) else None
    return [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []


def from_exception(exc: Exception, host: str, idempotent: bool = True) -> ClientError:
    """The error of a call that got no complete answer.

    The message names the host and the cause only: the library's own text holds the URL, and with it the query's values.
    """
    text = str(exc)
    exceptions = requests.exceptions
    if isinstance(exc, HostNotAllowed):
        return ClientError(errors.CONTRACT, "HOST_NOT_ALLOWED", f"{host} is none of the hosts that may be called")
    if refused_address(exc):
        return ClientError(errors.CONTRACT, "ADDRESS_NOT_ALLOWED", f"{host} leads to an address that may not be called")
    if isinstance(exc, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
        return ClientError(errors.CONTRACT, "TLS_CERTIFICATE", f"the certificate of {host} is not trusted")
    if isinstance(exc, (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema)):
        return ClientError(errors.CONTRACT, "BAD_URL", f"{host} cannot be called: the address must be https://…")
    if isinstance(exc, exceptions.ConnectTimeout):
        code, what = "CONNECT_TIMEOUT", "does not answer connection attempts"
    elif isinstance(exc, exceptions.Timeout):
        code, what = "READ_TIMEOUT", "did not answer in time"
    elif any(sign in text for sign in _UNRESOLVED):
        code, what = "NAME_NOT_RESOLVED", "is not a known host name"
    elif isinstance(exc, exceptions.ProxyError):
        code, what = "PROXY_ERROR", "cannot be reached through the proxy"
    elif isinstance(exc, exceptions.SSLError):
        code, what = "CONNECTION_BROKEN", "broke off the TLS handshake"
    elif "NewConnectionError" in text:
        code, what = "CONNECTION_REFUSED", "refuses connections"
    else:
        code, what = "CONNECTION_BROKEN", "closed the connection before the answer was complete"
    if code not in _NOT_SENT and not idempotent:
        return ClientError(errors.UNKNOWN, code, f"{host} {what}; whether the write was done is not known")
    return ClientError(errors.TRANSIENT, code, f"{host} {what}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or an HTTP date; None when absent or unreadable."""
    text = headers.get("Retry-After")
    if not text:
        return None
    if text.strip().isdigit():
        return float(text)
    moment = times.http_date_ms(text)
    if moment is None:
        return None
    # measured against the server's own clock where it gives one
    now = times.http_date_ms(headers.get("Date"))
    return max(0.0, moment / 1000 - (time.time() if now is None else now / 1000))
