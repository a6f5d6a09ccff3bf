"""A Zendesk account with everybody in it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .. import errors
from ..answers import key_of, member
from ..directory import ORGANIZATIONS, PEOPLE, Directory, Page
from ..errors import ClientError
from ..records import EventPage, Job, Organization, Person, TicketPage
from . import comments, events, export, people, tickets
from .account import ZendeskDesk
from .paging import each

#: Tickets in the bin that are looked through at most; the service keeps them for thirty days.
MOST_DELETED = 10_000


class ZendeskDirectory(ZendeskDesk, Directory):
    """As `ZendeskDesk`."""

    def now(self) -> float:
        return self.session.server_time or self.session.clock()

    def count(self, kind: str) -> int:
        path = {PEOPLE: "/users/count", ORGANIZATIONS: "/organizations/count"}.get(kind, "/tickets/count")
        params = {"role[]": "end-user"} if kind == PEOPLE else None
        value = member(self.session.get(path, params), "count").get("value")
        if not isinstance(value, int):
            raise errors.odd_answer("the count is no number")
        return value

    def changed_tickets(self, cursor: Mapping[str, Any], page: int) -> TicketPage:
        return export.tickets(self.session, cursor, page)

    def changed_people(self, cursor: Mapping[str, Any], page: int) -> Page:
        return export.people_page(self.session, cursor, page)

    def changed_organizations(self, cursor: Mapping[str, Any], page: int) -> Page:
        return export.organizations(self.session, cursor, page)

    def events(self, since: int, page: int) -> EventPage:
        return events.page(self.session, since, page)

    def person(self, key: str) -> Person | None:
        try:
            return people.person(self.session, key)
        except ClientError as error:
            if error.kind == errors.GONE:
                return None
            raise

    def people(self, keys: Sequence[str]) -> dict[str, Person]:
        return people.people(self.session, keys)

    def agents(self) -> dict[str, str]:
        found = {}
        for role in ("agent", "admin"):
            for row in map(people.person_of, each(self.session, "/users", "users", {"role": role})):
                if row.active and row.role == role:
                    found[row.key] = row.email
        return found

    def organizations(self, keys: Sequence[str]) -> dict[str, Organization]:
        return people.organizations(self.session, keys)

    def people_by_key(self, external_keys: Sequence[str]) -> list[Person]:
        return people.people_by_key(self.session, external_keys)

    def organizations_by_key(self, external_keys: Sequence[str]) -> list[Organization]:
        return people.organizations_by_key(self.session, external_keys)

    def person_at(self, email: str) -> Person | None:
        found = people.find_people(self.session, email=email)
        return next((row for row in found if row.active and row.email.lower() == email.lower()), None)

    def change_person(self, key: str, values: Mapping[str, Any]) -> Person:
        return people.change_person(self.session, key, values)

    def change_organization(self, key: str, values: Mapping[str, Any]) -> Organization:
        return people.change_organization(self.session, key, values)

    def save_people(self, listed: Sequence[Mapping[str, Any]]) -> Job:
        return people.save_people(self.session, listed)

    def delete_ticket(self, key: str) -> None:
        tickets.delete(self.session, key)

    def deleted_tickets(self, keys: Iterable[str]) -> set[str]:
        wanted, found = set(keys), set[str]()
        for number, row in enumerate(each(self.session, "/deleted_tickets", "deleted_tickets")):
            if number >= MOST_DELETED or not wanted - found:
                break
            found.add(key_of(row.get("id")))
        return wanted & found

    def find_comment(self, key: str, marker: str) -> str | None:
        return comments.find_marker(self.session, key, marker)
