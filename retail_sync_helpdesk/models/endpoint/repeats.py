"""Submitted actions whose key is known already: answered in the thread of the request, without the application.

Many equal requests at the same moment wait for the same few workers: what each of them costs, all behind it wait for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from odoo.api import Environment

from ...api.app import ROOT_PATH
from ...api.errors import ApiProblem
from ...api.guard import MOST_BYTES
from ...api.operations import OPERATIONS
from ...api.service import StoredAnswer
from ...domain.api.idempotency import key_of
from ..requests.repeated import answer_of_repeat
from .admission import let_in
from .visit import Visit

__all__ = ["answer_at_once"]

_PATH = re.compile(rf"{re.escape(ROOT_PATH)}/orders/([1-9][0-9]{{0,9}})/actions")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def answer_at_once(env: Environment, visit: Visit, environ: Mapping[str, Any]) -> StoredAnswer | None:
    """Return the answer to a request that is a repetition; None where it is none, or is not even let in.

    Whoever is refused is refused by the application, as in every other request.

    :param environ: with the body from its beginning in ``wsgi.input``
    :raises ApiProblem: another request has the key, or works under it now
    """
    path = _PATH.fullmatch(environ.get("PATH_INFO", "")) if environ.get("REQUEST_METHOD") == "POST" else None
    given = environ.get("HTTP_IDEMPOTENCY_KEY", "")
    key = key_of(given) if path and _KEY.fullmatch(given) else None
    if path is None or key is None or "json" not in environ.get("CONTENT_TYPE", ""):
        return None
    try:
        entry, _limits = let_in(visit, OPERATIONS["submit_action"])
    except ApiProblem:
        return None
    stream = environ["wsgi.input"]
    body = stream.read(MOST_BYTES + 1)
    stream.seek(0)
    if len(body) > MOST_BYTES:
        return None
    return answer_of_repeat(env, entry.caller, int(path.group(1)), key, body)
