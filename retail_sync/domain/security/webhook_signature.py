"""Signed notifications: who has sent this body, and when?

The header reads ``t=<seconds since the epoch>,v1=<hex>``, where v1 is the HMAC with SHA-256 of ``b"<t>." + body``. It
may hold several v1, from a sender that is changing its key; fields of another name are for others.
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

MISSING = "MISSING"
MALFORMED = "MALFORMED"
EXPIRED = "EXPIRED"
MISMATCH = "MISMATCH"
WINDOW = 300
# What an honest header never has; it bounds what a hostile one can make us compute.
_MAX_HEADER = 1024
_MAX_SIGNATURES = 4
_TIME = re.compile(r"[0-9]{1,12}")
_HEX = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ok``: the body is the sender's. Else ``error`` is MISSING, MALFORMED, EXPIRED or MISMATCH.

    ``at``: the time of signing in seconds, as the header claims. ``key``: which of the given keys has signed, from 0:
    when the old one is not met any more, it may go.
    """

    ok: bool
    error: str = ""
    at: int | None = None
    key: int | None = None


def _signature(key: bytes, body: bytes, at: bytes) -> str:
    return hmac.new(key, at + b"." + body, "sha256").hexdigest()


def sign(key: str | bytes, body: bytes, at: int) -> str:
    """The header that signs ``body`` at ``at`` (seconds since the epoch). ValueError for an empty key."""
    secret = _key_bytes(key)
    if not secret:
        raise ValueError("An empty key signs nothing.")
    return f"t={int(at)},v1={_signature(secret, body, b'%d' % int(at))}"


def check_signature(
    header: str | bytes | None,
    body: bytes,
    keys: Iterable[str | bytes],
    now: float,
    window: float = WINDOW,
) -> Verdict:
    """Judge a header and the body that came with it; raises nothing, whatever they hold.

    ``keys``: all that are valid now; an empty one is no key. ``now``: seconds since the epoch. ``window``: seconds by
    which the time of signing may lie before or after ``now``. Within it the same body passes again: who must not act
    twice remembers what it has seen.
    """
    text = header.decode("latin-1") if isinstance(header, (bytes, bytearray)) else header
    if not text or not text.strip():
        return Verdict(False, MISSING)
    parsed = _parse(text)
    if parsed is None:
        return Verdict(False, MALFORMED)
    stamp, signatures = parsed
    at = int(stamp)
    if not abs(now - at) <= window:  # so put, a clock that is no number lets nothing pass
        return Verdict(False, EXPIRED, at)
    found = None
    # Every key and signature is tried: the time it takes tells nothing of which one fits.
    for number, key in enumerate(keys):
        secret = _key_bytes(key)
        expected = _signature(secret or b"\0", body, stamp.encode("ascii"))
        for signature in signatures:
            same = hmac.compare_digest(expected, signature)
            if same and secret and found is None:
                found = number
    return Verdict(False, MISMATCH, at) if found is None else Verdict(True, "", at, found)


def _parse(text: str) -> tuple[str, list[str]] | None:
    """(time, signatures) of a header; ``None`` when it is not of the form that ``sign`` writes."""
    if len(text) > _MAX_HEADER:
        return None
    fields = [part.strip().partition("=") for part in text.split(",")]
    times = [value for name, _equals, value in fields if name == "t"]
    signatures = [value for name, _equals, value in fields if name == "v1"]
    if len(times) != 1 or not _TIME.fullmatch(times[0]) or not 1 <= len(signatures) <= _MAX_SIGNATURES:
        return None
    if not all(_HEX.fullmatch(signature) for signature in signatures):
        return None
    return times[0], [signature.lower() for signature in signatures]


def _key_bytes(key: str | bytes) -> bytes:
    return key.encode("utf-8") if isinstance(key, str) else bytes(key or b"")
