"""The limits of an account and what each call costs of them (section 6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..budget import ACCOUNT, Window
from ..reported import Reported, header_number

MINUTE = 60.0
#: Calls a minute by plan. The account's own figure comes with each answer; until then, that of the smallest counts.
PLANS = {"team": 200, "growth": 400, "professional": 400, "enterprise": 700, "enterprise_plus": 2500}
UPDATES = "update_ticket"
DELETES = "delete_ticket"
EXPORTS = "incremental"
EVENTS = "ticket_events"
TICKET = "ticket"
PERSON = "person"

_TICKET_PATH = re.compile(r"/tickets/(\d+)(?:/tags)?\Z")
_PERSON_PATH = re.compile(r"/users/(\d+)\Z")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an account may do. account: calls a minute. exports: calls a minute, 30 with the high-volume add-on.

    events: those of the exports that may ask what happened to tickets; the rest is for what changed.
    """

    account: int = PLANS["team"]
    updates: int = 100
    deletes: int = 400
    exports: int = 10
    events: int = 7
    updates_of_a_ticket: int = 30
    updates_of_a_person: int = 5

    def windows(self) -> list[Window]:
        """The windows of the account as a whole."""
        return [
            Window(ACCOUNT, MINUTE, self.account),
            Window(UPDATES, MINUTE, self.updates),
            Window(DELETES, MINUTE, self.deletes),
            Window(EXPORTS, MINUTE, self.exports, shared=False),
        ]

    def of_call(self, method: str, path: str) -> list[Window]:
        """The windows that a call is counted in. path: from the root, with or without `.json`."""
        account, updates, deletes, exports = self.windows()
        path = path.partition("?")[0].removesuffix(".json")
        found = [account]
        if "/incremental/" in path:
            found.append(exports)
            if path.endswith("/ticket_events"):
                found.append(Window(EVENTS, MINUTE, self.events, shared=False))
        ticket = _TICKET_PATH.search(path)
        if ticket and method == "DELETE" and not path.endswith("/tags"):
            found.append(deletes)
        elif ticket and method in ("PUT", "POST", "DELETE"):
            # the limit is one of a user; all our calls are made by the same
            found += [updates, Window(f"{TICKET}/{ticket[1]}", 600.0, self.updates_of_a_ticket, shared=False)]
        person = _PERSON_PATH.search(path)
        if person and method == "PUT":
            found.append(Window(f"{PERSON}/{person[1]}", MINUTE, self.updates_of_a_person, shared=False))
        return found


def reported(headers: Mapping[str, str]) -> Reported:
    """The account's figures in the headers of an answer, in whichever of their spellings."""
    limit = header_number(headers, "x-rate-limit", "ratelimit-limit", "rate-limit-limit", "rate-limit")
    left = header_number(headers, "x-rate-limit-remaining", "ratelimit-remaining", "rate-limit-remaining")
    resets = header_number(headers, "ratelimit-reset", "rate-limit-reset", "x-rate-limit-reset")
    return Reported(limit or None, left, None if resets is None else float(resets))


def warning(headers: Mapping[str, Any]) -> str:
    """What the desk ignored of a call: a parameter that it does not know."""
    return str(headers.get("x-zendesk-api-warn") or "")[:500]
