"""Help for checking signed webhooks: constant-time comparison of an HMAC, and the age of a request."""

import base64
import binascii
import hmac
from collections.abc import Iterable

from ..domain.security.webhook_signature import WINDOW

__all__ = ["hmac_matches", "is_recent"]


def hmac_matches(
    keys: Iterable[str | bytes], signed: bytes, signature: str | None, *, digest: str = "sha256", encoding: str = "hex"
) -> bool:
    """Return whether ``signature`` is the HMAC of ``signed`` by one of ``keys``; every key is tried.

    ``signed``: the bytes that the platform signs, such as the raw body, or time and body. ``encoding``: of the
    signature, "hex" or "base64". An empty key signs nothing. Raises ValueError for another encoding or digest.
    """
    if encoding not in ("hex", "base64"):
        raise ValueError(f"A signature is encoded as hex or base64, not as {encoding!r}.")
    given = _decoded(signature or "", encoding)
    matches = False
    for key in keys:
        secret = key.encode("utf-8") if isinstance(key, str) else bytes(key)
        expected = hmac.new(secret or b"\0", signed, digest).digest()
        matches |= hmac.compare_digest(expected, given) and bool(secret)
    return matches


def is_recent(at: float | str | None, now: float, window: float = WINDOW) -> bool:
    """Return whether a time of signing (seconds since 1970) is at most ``window`` seconds away from ``now``."""
    try:
        return abs(now - float(at or "")) <= window
    except ValueError:
        return False


def _decoded(signature: str, encoding: str) -> bytes:
    text = signature.strip()
    if len(text) > 1024:
        return b""
    try:
        return bytes.fromhex(text) if encoding == "hex" else base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return b""
