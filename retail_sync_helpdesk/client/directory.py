"""What keeps a whole account in sync: its people and organisations, what changed of them, and what is gone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .desk import Desk
from .records import EventPage, Job, Organization, Person, TicketPage

TICKETS = "ticket"
PEOPLE = "user"
ORGANIZATIONS = "organization"


@dataclass(frozen=True, slots=True)
class Page:
    """As `TicketPage`, of people or organisations; those that are deleted are not active."""

    records: tuple[Any, ...]
    cursor: Mapping[str, Any]
    more: bool
    covered_until: float | None = None


class Directory(Desk, Protocol):
    """An account with everybody in it. All methods raise ClientError."""

    def now(self) -> float:
        """The desk's time at its last answer, ours before it; seconds since the epoch."""

    def count(self, kind: str) -> int:
        """About how many records of a kind there are: `TICKETS`, `PEOPLE` or `ORGANIZATIONS`."""

    def changed_tickets(self, cursor: Mapping[str, Any], page: int) -> TicketPage:
        """As `changed`, with at most `page` tickets."""

    def changed_people(self, cursor: Mapping[str, Any], page: int) -> Page:
        """The people that changed since a cursor, agents among them."""

    def changed_organizations(self, cursor: Mapping[str, Any], page: int) -> Page:
        """The organisations that changed since a cursor."""

    def events(self, since: int, page: int) -> EventPage:
        """What happened to tickets from a second on; only of a desk with the capability `event_export`."""

    def person(self, key: str) -> Person | None:
        """One person, not active where the desk says that it was deleted; None for a key that it does not know."""

    def people(self, keys: Sequence[str]) -> dict[str, Person]:
        """{key: person}; a deleted one is not active, or left out."""

    def agents(self) -> dict[str, str]:
        """{key: e-mail address} of the agents that are active."""

    def organizations(self, keys: Sequence[str]) -> dict[str, Organization]:
        """{key: organisation}; those that are gone are left out."""

    def people_by_key(self, external_keys: Sequence[str]) -> list[Person]:
        """The people with these keys of ours."""

    def organizations_by_key(self, external_keys: Sequence[str]) -> list[Organization]:
        """The organisations with these keys of ours."""

    def person_at(self, email: str) -> Person | None:
        """Who has an e-mail address now; None where no active person has it."""

    def change_person(self, key: str, values: Mapping[str, Any]) -> Person:
        """Change a known person, by fields of `Person`. No mail goes out."""

    def change_organization(self, key: str, values: Mapping[str, Any]) -> Organization:
        """Change a known organisation, by fields of `Organization`."""

    def save_people(self, listed: Sequence[Mapping[str, Any]]) -> Job:
        """Create or update several people by external key or e-mail address."""

    def delete_ticket(self, key: str) -> None:
        """Delete a ticket; one that is gone already is no fault."""

    def deleted_tickets(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys of which the desk itself says that their tickets were deleted."""

    def find_comment(self, key: str, marker: str) -> str | None:
        """The key of a ticket's comment with our marker, '' for none; None where the desk keeps no markers."""
