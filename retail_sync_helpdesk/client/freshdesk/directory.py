"""A Freshdesk account with everybody in it [u]."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .. import dedupe, errors, times
from ..answers import key_of, record_id, text
from ..directory import PEOPLE, TICKETS, Directory, Page
from ..errors import ClientError
from ..records import EventPage, Job, Organization, Person, TicketPage
from . import export, people, tickets
from .account import FreshdeskDesk
from .faults import not_offered
from .session import FreshdeskSession

#: Each look goes back that far before the moment at which the last one began.
OVERLAP_SECONDS = 120.0


class FreshdeskDirectory(FreshdeskDesk, Directory):
    """As `FreshdeskDesk`.

    The account counts nothing, so a count is that of a page: enough to begin a load. Lists of companies have no order
    of changes and are read as a whole.
    """

    def now(self) -> float:
        return self.session.server_time or self.session.clock()

    def count(self, kind: str) -> int:
        path = {TICKETS: "/tickets", PEOPLE: "/contacts"}.get(kind, "/companies")
        listed, _more = self.session.page(path)
        return len(listed)

    def changed_tickets(self, cursor: Mapping[str, Any], page: int) -> TicketPage:
        return export.tickets(self.session, cursor)

    def changed_people(self, cursor: Mapping[str, Any], page: int) -> Page:
        return _changed(self.session, "/contacts", cursor, people.person_of, "_updated_since")

    def changed_organizations(self, cursor: Mapping[str, Any], page: int) -> Page:
        return _changed(self.session, "/companies", cursor, lambda row: people.organization_of(self.session, row))

    def events(self, since: int, page: int) -> EventPage:
        raise not_offered("EVENTS_NOT_OFFERED", "this desk does not export what happened to tickets")

    def person(self, key: str) -> Person | None:
        return self.people([key]).get(key)

    def people(self, keys: Sequence[str]) -> dict[str, Person]:
        return _each(keys, lambda key: people.person_of(self.session.get(f"/contacts/{record_id(key)}")))

    def agents(self) -> dict[str, str]:
        found = {}
        for row in self.session.each("/agents"):
            contact = row.get("contact")
            found[key_of(row.get("id"))] = text(contact.get("email")) if isinstance(contact, dict) else ""
        return found

    def organizations(self, keys: Sequence[str]) -> dict[str, Organization]:
        def read(key: str) -> Organization:
            return people.organization_of(self.session, self.session.get(f"/companies/{record_id(key)}"))

        return _each(keys, read)

    def people_by_key(self, external_keys: Sequence[str]) -> list[Person]:
        found = []
        for key in dict.fromkeys(external_keys):
            listed, _more = self.session.page("/contacts", params={"unique_external_id": key})
            # a filter that the service does not know would list everybody
            found += [row for row in map(people.person_of, listed) if row.external_key == key]
        return found

    def organizations_by_key(self, external_keys: Sequence[str]) -> list[Organization]:
        return [found for key in external_keys for found in people.companies_with(self.session, key)]

    def person_at(self, email: str) -> Person | None:
        listed, _more = self.session.page("/contacts", params={"email": email})
        found = map(people.person_of, listed)
        return next((row for row in found if row.active and row.email.lower() == email.lower()), None)

    def change_person(self, key: str, values: Mapping[str, Any]) -> Person:
        return people.change_person(self.session, key, values)

    def change_organization(self, key: str, values: Mapping[str, Any]) -> Organization:
        return people.change_organization(self.session, key, values)

    def save_people(self, listed: Sequence[Mapping[str, Any]]) -> Job:
        raise not_offered("JOBS_NOT_OFFERED", "this desk writes records one by one")

    def delete_ticket(self, key: str) -> None:
        tickets.delete(self.session, key)

    def deleted_tickets(self, keys: Iterable[str]) -> set[str]:
        """Tickets in the trash are shown as deleted; one that is gone for good is not known."""
        found = set()
        for key in keys:
            try:
                row = self.session.get(f"/tickets/{record_id(key)}")
            except ClientError as error:
                if error.kind != errors.GONE:
                    raise
                continue
            if row.get("deleted") is True:
                found.add(key)
        return found

    def find_comment(self, key: str, marker: str) -> str | None:
        return None


def _each(keys: Sequence[str], read: Callable[[str], Any]) -> dict[str, Any]:
    found = {}
    for key in dict.fromkeys(keys):
        try:
            found[key] = read(key)
        except ClientError as error:
            if error.kind != errors.GONE:
                raise
    return found


def _changed(
    session: FreshdeskSession,
    path: str,
    cursor: Mapping[str, Any],
    parse: Callable[[Mapping[str, Any]], Any],
    since_name: str = "",
) -> Page:
    """The next page of a list, by number; what it gave already is remembered in the cursor.

    A cursor: since (seconds), page, began (when the first page was read), seen.
    """
    since = cursor.get("since")
    if not isinstance(since, (int, float)):
        raise ValueError("A cursor says since when.")
    number = int(cursor.get("page") or 1)
    params = {since_name: times.iso(since)} if since_name and since > 0 else {}
    listed, more = session.page(path, number, params)
    marked = [(f"{row.get('id')}@{text(row.get('updated_at'))}", row) for row in listed]
    fresh, seen = dedupe.new_rows(marked, dedupe.marks(cursor))
    began = float(cursor.get("began") or session.now())
    if more:
        return Page(tuple(map(parse, fresh)), {"since": since, "page": number + 1, "began": began, "seen": seen}, True)
    covered = began - OVERLAP_SECONDS
    return Page(tuple(map(parse, fresh)), {"since": covered, "seen": seen}, False, covered)
