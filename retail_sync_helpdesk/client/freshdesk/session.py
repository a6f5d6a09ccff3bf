"""The one way to a Freshdesk account's API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .. import errors
from ..errors import ClientError
from ..reported import Reported
from ..session import DeskSession
from ..transport import Reply
from . import faults
from .limits import Limits, reported

#: Rows of a page at most.
PAGE = 100
#: The service refuses pages beyond this number [u].
MOST_PAGES = 300


@dataclass(frozen=True, slots=True)
class KeyFields:
    """Names of the custom fields that hold our keys, '' where the account has none.

    ticket: a field of one line (`cf_odoo_key`), as the API names it. company: the same of companies.
    """

    ticket: str = ""
    company: str = ""


class FreshdeskSession(DeskSession):
    """Calls to one account. key_fields: where tickets and companies hold our keys."""

    api = "/api/v2"

    def __init__(self, *connection: Any, key_fields: KeyFields | None = None, **options: Any) -> None:
        """As `DeskSession`."""
        super().__init__(*connection, **options)
        self.key_fields = key_fields or KeyFields()

    def usual_limits(self) -> Limits:
        return Limits()

    def fault(self, reply: Reply, *, idempotent: bool = True, idempotency_key: bool = False) -> ClientError:
        return faults.from_reply(reply, idempotent=idempotent)

    def reported(self, headers: Mapping[str, str]) -> Reported:
        return reported(headers)

    def now(self) -> float:
        """The account's clock, or ours before its first answer; seconds since the epoch."""
        return self.server_time or self.clock()

    def page(self, path: str, number: int = 1, params: Mapping[str, str] | None = None) -> tuple[list[Any], bool]:
        """The objects of one page of a list, and whether there is another.

        Raises ClientError as `request`, contract/ODD_ANSWER for another shape.
        """
        asked = {**(params or {}), "per_page": str(PAGE), "page": str(number)}
        reply = self.request("GET", path, params=asked)
        body = reply.json()
        if not isinstance(body, list):
            raise errors.odd_answer("a list was expected in the answer")
        # a full page counts as well: a proxy may have taken the header away
        more = 'rel="next"' in (reply.headers.get("Link") or "") or len(body) >= PAGE
        return [row for row in body if isinstance(row, dict)], more

    def each(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a list, asked for as they are needed. Raises ClientError contract for one that does not end."""
        for number in range(1, MOST_PAGES + 1):
            found, more = self.page(path, number, params)
            yield from found
            if not more:
                return
        raise ClientError(errors.CONTRACT, "LIST_TOO_LONG", f"the list has more than {MOST_PAGES} pages")
