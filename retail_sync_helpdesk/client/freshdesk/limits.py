"""The limits of an account and what each call costs of them [u]."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..budget import ACCOUNT, Window
from ..reported import Reported, header_number

MINUTE = 60.0
#: Calls a minute by plan [u]. The account's own figure comes with each answer; until then, that of the smallest counts.
PLANS = {"trial": 50, "growth": 200, "pro": 400, "enterprise": 700}
CREATIONS = "create_ticket"
UPDATES = "update_ticket"
TICKET_LISTS = "list_tickets"
CONTACT_LISTS = "list_contacts"

_TICKET = re.compile(r"/tickets/\d+\Z")


@dataclass(frozen=True, slots=True)
class Limits:
    """What an account may do, in calls a minute. The figures below the account's are those of its smallest plan [u]."""

    account: int = PLANS["trial"]
    creations: int = 80
    updates: int = 80
    ticket_lists: int = 20
    contact_lists: int = 20

    def of_call(self, method: str, path: str) -> list[Window]:
        """The windows that a call is counted in. path: from the root."""
        found = [Window(ACCOUNT, MINUTE, self.account)]
        if method == "GET" and path.endswith("/api/v2/tickets"):
            found.append(Window(TICKET_LISTS, MINUTE, self.ticket_lists, shared=False))
        elif method == "GET" and path.endswith("/api/v2/contacts"):
            found.append(Window(CONTACT_LISTS, MINUTE, self.contact_lists, shared=False))
        elif method == "POST" and path.endswith("/api/v2/tickets"):
            found.append(Window(CREATIONS, MINUTE, self.creations, shared=False))
        elif method == "PUT" and _TICKET.search(path):
            found.append(Window(UPDATES, MINUTE, self.updates, shared=False))
        return found


def reported(headers: Mapping[str, str]) -> Reported:
    """The account's figures in the headers of an answer.

    No header says when the window begins anew; what is left is taken to last for a whole minute.
    """
    limit = header_number(headers, "x-ratelimit-total")
    left = header_number(headers, "x-ratelimit-remaining")
    return Reported(limit or None, left, None if left is None else MINUTE)
