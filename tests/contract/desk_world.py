"""A simulated account of any ticket desk, and what tests do in it."""

import json
from abc import ABC, abstractmethod

import pytest

from retail_sync_helpdesk.client.errors import ClientError
from retail_sync_helpdesk.client.records import NewComment, TicketChange

PDF = b"%PDF-1.7\n" + b"\x00\x01" * 500
ADA = {"name": "Ada", "email": "ada@example.com"}
KEY = "odoo:helpdesk:77"


class DeskWorld(ABC):
    """A simulated account and how a test acts in it.

    lost_comment: the call, by method and path, that adds a note.
    """

    lost_comment: dict = {}

    def __init__(self, sim):
        self.sim = sim

    @abstractmethod
    def desk(self, key=None):
        """A desk with a session and a budget of its own; `key` signs in in place of the right secret."""

    @abstractmethod
    def comment(self, ticket, text, public=True):
        """An agent's comment."""

    @abstractmethod
    def edit(self, ticket, **values):
        """An agent's change of priority (its number from 1 to 4) or tags."""

    @abstractmethod
    def delete(self, desk, ticket):
        """Delete a ticket as the desk's own client does."""

    @abstractmethod
    def seed(self, count):
        """Keys of new tickets that others made."""

    @abstractmethod
    def small_pages(self, desk, rows):
        """Cut the list of changes into pages of so many rows, and let all of them be asked for at once."""


def new(key=KEY, text="Where is my parcel?", **values):
    return TicketChange(
        {"external_key": key, "subject": "Late parcel", **values}, comment=NewComment(text, public=True)
    )


def created(desk, key=KEY, **values):
    return desk.create(new(key, **values), ADA).key


def refused(call, *kinds):
    with pytest.raises(ClientError) as caught:
        call()
    assert caught.value.kind in kinds, caught.value
    return caught.value


def exported(desk, cursor, pages=200):
    """(keys in the order in which they were given, cursor after them, until when nothing is missing)."""
    found = []
    for _number in range(pages):
        page = desk.changed(cursor)
        found += [ticket.key for ticket in page.tickets]
        cursor = json.loads(json.dumps(page.cursor))
        if not page.more:
            return found, cursor, page.covered_until
    raise AssertionError("the export does not end")
