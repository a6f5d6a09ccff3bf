"""Tickets, as Odoo and the desk have them."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from .base import Id, Page, Part, Reference


class TicketRow(Part):
    """A ticket."""

    id: Id
    number: str
    subject: str
    stage: str
    open: bool
    priority: str = ""
    updated_at: datetime
    external_id: str = Field("", description="Its number at the desk; empty for one that only Odoo has.")
    about: tuple[Reference, ...] = Field((), description="Documents that it is linked to.")
    url: str = ""


class TicketPage(Page[TicketRow]):
    """Tickets of a customer, the newest first."""
