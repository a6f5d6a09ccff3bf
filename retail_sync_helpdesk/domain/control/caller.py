"""Who calls: a key of the agent API, or a user of Odoo in its place. Everything that is answered depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..service.order_facts import Actor

__all__ = ["API", "SCREEN", "Caller"]

API = "api"
SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller that was let in.

    :param reference: "key/<id>" of ``retail.sync.api.key``, or "user/<id>": what previews, pages and the audit keep
    :param name: of the key or user, for people
    :param user_id: Odoo user that stands behind: the owner of a key, the user of a screen
    :param machine: whether no person presses the button
    :param scopes: actions and look-ups that are allowed
    :param companies: ids; empty: none
    :param brands: names; empty: every brand
    :param regions: ISO codes of countries; empty: every country
    :param language: code of a language of Odoo, such as de_DE; empty: the company's
    :param channel: API or SCREEN
    :param may_override: whether the caller may set rules of a policy aside, with a reason
    """

    reference: str
    name: str = ""
    user_id: int = 0
    key_id: int = 0
    machine: bool = False
    scopes: frozenset[str] = frozenset()
    companies: frozenset[int] = frozenset()
    brands: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    read_only: bool = False
    verified_by: str = ""
    verified_at: datetime | None = None
    language: str = ""
    correlation_id: str = ""
    channel: str = API
    may_override: bool = False

    @property
    def actor(self) -> Actor:
        """Return what the decisions need to know of the caller."""
        return Actor(
            key=self.reference,
            machine=self.machine,
            scopes=self.scopes,
            companies=self.companies,
            read_only=self.read_only,
            verified_by=self.verified_by,
            verified_at=self.verified_at,
        )
