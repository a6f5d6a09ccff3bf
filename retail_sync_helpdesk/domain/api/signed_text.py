"""Texts that come back from a caller unchanged, or are refused: a payload with an HMAC and the id of its key.

The text reads ``<key id>.<payload>.<signature>``, payload and signature in URL-safe Base64 without padding. The
signature covers the purpose too: a cursor is no preview token, though one secret signs both.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["MALFORMED", "MISMATCH", "Opened", "SigningKey", "open_text", "sign_text"]

MALFORMED = "malformed"
MISMATCH = "mismatch"
_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_SHORTEST_SECRET = 32
_MOST_CHARACTERS = 16_384


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A secret and the id by which texts name it.

    :param id: letters, digits, "_" and "-", 32 at most
    :param secret: 32 bytes at least
    :raises ValueError: the id or the secret does not fit
    """

    id: str
    secret: bytes

    def __post_init__(self) -> None:
        if not _KEY_ID.fullmatch(self.id) or len(self.secret) < _SHORTEST_SECRET:
            raise ValueError("A signing key has a short id and a secret of 32 bytes at least.")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a signed text holds; ``payload`` is None where it is refused, and ``error`` then says why."""

    payload: Mapping[str, Any] | None = None
    error: str = ""
    key_id: str = ""


def sign_text(purpose: str, payload: Mapping[str, Any], keys: Sequence[SigningKey]) -> str:
    """Return a payload as a signed text. The first key signs: a new one is put before the old ones.

    :param payload: values of JSON
    :raises ValueError: there is no key
    """
    if not keys:
        raise ValueError("Without a key there is no signature.")
    body = _encode(json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode())
    head = f"{keys[0].id}.{body}"
    return f"{head}.{_encode(_signature(keys[0], purpose, head))}"


def open_text(purpose: str, text: object, keys: Sequence[SigningKey]) -> Opened:
    """Return what a signed text holds; raises nothing, whatever it is.

    :param keys: all that are valid now
    """
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS or text.count(".") != 2 or not text.isascii():
        return Opened(error=MALFORMED)
    head, _dot, signature = text.rpartition(".")
    key_id, _dot, body = head.partition(".")
    given, payload = _decode(signature), _decode(body)
    if given is None or payload is None:
        return Opened(error=MALFORMED)
    key = next((known for known in keys if known.id == key_id), None)
    # Without a key the work is the same: the time of the answer does not say which ids exist.
    expected = _signature(key or SigningKey("none", b"\0" * _SHORTEST_SECRET), purpose, head)
    if not hmac.compare_digest(expected, given) or key is None:
        return Opened(error=MISMATCH)
    try:
        values = json.loads(payload)
    except ValueError:
        return Opened(error=MALFORMED)
    return Opened(values, key_id=key_id) if isinstance(values, dict) else Opened(error=MALFORMED)


def _signature(key: SigningKey, purpose: str, head: str) -> bytes:
    return hmac.new(key.secret, f"{purpose}\n{head}".encode(), "sha256").digest()


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes | None:
    """Return the bytes of a text, None for any text that is not the one that ``_encode`` writes for them."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data) == text else None
