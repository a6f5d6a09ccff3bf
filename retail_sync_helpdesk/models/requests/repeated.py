"""What a submitted action is answered whose key is known already, before anything expensive is done for it."""

from __future__ import annotations

from typing import Any

from odoo import fields

from ...api.service import StoredAnswer
from ...domain.api.canonical_json import NotCanonical
from ...domain.api.idempotency import decide
from ...domain.control.caller import Caller
from . import keys
from .submit import hash_of

__all__ = ["answer_of_repeat"]


def answer_of_repeat(env: Any, caller: Caller, order_id: int, key: str, body: bytes) -> StoredAnswer | None:
    """Return the answer of before, byte for byte; None where the request is to be looked at in full.

    The lock of the key, once had, is kept. While another request works under the key its body decides nothing yet, and
    is not read; once that one is done, it has to be the same.

    :raises ApiProblem: another request has the key, or works under it now
    """
    locked, stored = keys.glance(env, caller.reference, key)
    hash_now = ""
    if stored:
        try:
            hash_now = hash_of(caller, order_id, body)
        except NotCanonical:
            return None
    outcome = decide(stored, locked, hash_now, fields.Datetime.now())
    keys.refuse(outcome)
    return None if outcome.acts else StoredAnswer(outcome.status, outcome.answer, replayed=True)
