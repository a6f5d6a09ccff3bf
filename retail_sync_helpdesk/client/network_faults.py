"""From the lack of an answer to a ClientError, and the pause that an answer asks for."""

import time
from collections.abc import Mapping

import requests

from . import errors, times
from .addresses import REFUSED
from .errors import ClientError, Remedy

_UNRESOLVED = ("NameResolutionError", "Name or service not known", "getaddrinfo", "nodename nor servname")
#: With these nothing had been sent yet, so even a call that must not be repeated blindly may be repeated.
_NOT_SENT = frozenset(("CONNECT_TIMEOUT", "NAME_NOT_RESOLVED", "CONNECTION_REFUSED"))


def from_exception(exc: Exception, host: str, idempotent: bool = True) -> ClientError:
    """The error of a call that got no complete answer.

    idempotent: whether the call may be repeated without harm; otherwise an outcome that is not known is `unknown`, with
    the remedy to look the record up. The message names the host and the cause only: the library's own text holds the
    address, and with it the query's values.
    """
    text = str(exc)
    exceptions = requests.exceptions
    if REFUSED in text:
        return ClientError(
            errors.CONTRACT,
            "ADDRESS_NOT_ALLOWED",
            f"{host} leads to an address that is not called",
            remedy=Remedy.settings,
        )
    if isinstance(exc, exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in text:
        return ClientError(
            errors.CONTRACT,
            "TLS_CERTIFICATE",
            f"the certificate of {host} is not trusted",
            remedy=Remedy.settings,
        )
    if isinstance(exc, (exceptions.InvalidURL, exceptions.InvalidSchema, exceptions.MissingSchema)):
        return ClientError(
            errors.CONTRACT,
            "BAD_URL",
            f"{host} cannot be called: the address must be https://…",
            remedy=Remedy.settings,
        )
    if isinstance(exc, exceptions.ConnectTimeout):
        code, what = "CONNECT_TIMEOUT", "does not answer connection attempts"
    elif isinstance(exc, (exceptions.Timeout, TimeoutError)) or "Read timed out" in text:
        # requests calls it a broken connection when the body stalls, and a timeout when the head does
        code, what = "READ_TIMEOUT", "did not answer in time"
    elif any(sign in text for sign in _UNRESOLVED):
        code, what = "NAME_NOT_RESOLVED", "is not a known host name"
    elif isinstance(exc, exceptions.ProxyError):
        code, what = "PROXY_ERROR", "cannot be reached through the proxy"
    elif "NewConnectionError" in text:
        code, what = "CONNECTION_REFUSED", "refuses connections"
    else:
        code, what = "CONNECTION_BROKEN", "closed the connection before the answer was complete"
    if code not in _NOT_SENT and not idempotent:
        return ClientError(errors.UNKNOWN, code, f"{host} {what}; whether the write was done is not known")
    return ClientError(errors.TRANSIENT, code, f"{host} {what}")


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds from a Retry-After header, which holds seconds or an HTTP date; None when absent or unreadable."""
    text = (headers.get("Retry-After") or "").strip()
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    moment = times.http_date(text)
    if moment is None:
        return None
    # measured against the server's own clock where it gives one
    now = times.http_date(headers.get("Date"))
    return max(0.0, moment - (time.time() if now is None else now))
