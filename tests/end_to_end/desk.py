"""A connection to a simulated Zendesk account, and what people do on its two sides."""

from __future__ import annotations

from typing import Any

from tests.simulators.zendesk.client import Simulator
from tests.stack import Stack

from .two_way import BothWays


class DeskConnection(BothWays):
    """As `BothWays`, of tickets. load: the first load is made, and what it brings is taken in."""

    simulator: Simulator

    def __init__(self, stack: Stack, simulator: Simulator, name: str = "Desk", **values: Any) -> None:
        super().__init__(
            stack,
            simulator,  # type: ignore[arg-type]  # the control calls that are used are those of its own kind
            name,
            system="zendesk",
            desk_sign_in="client_credentials",
            auth_method=False,
            sf_private_customers=False,
            **values,
        )
        self.tune("ticket", export_policy="always")
        self.tune("comment", export_policy="always")

    def poll(self, times: int = 1, timeout: float = 120) -> None:
        """Ask for changes, however often it was done within the minute, and read the comments that follow."""
        for _ in range(times):
            self.stack.sql("DELETE FROM retail_sync_desk_window")
            self.stack.sql("UPDATE retail_sync_desk_walk SET read_at = read_at - interval '1 hour'")
            super().poll(1, timeout)
            self.run_cron("comments")
            self.wait_idle(timeout)

    # ------------------------------------------------------------------ Odoo's side
    def ticket(self, external_id: int | str) -> dict[str, Any]:
        """The ticket in Odoo that a ticket of the desk is linked to, with the status of its stage."""
        found = self.query(
            "SELECT ticket.*, stage.sync_status AS status FROM retail_sync_link link"
            " JOIN helpdesk_ticket ticket ON ticket.id = link.res_id"
            " LEFT JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id"
            " WHERE link.connection_id = %s AND link.remote_object = 'ticket' AND link.external_id = %s",
            self.id, str(external_id),
        )  # fmt: skip
        if len(found) != 1:
            messages = [(row["fault_code"], row["fault_message"], row["state"]) for row in self.messages()]
            raise AssertionError(f"{len(found)} links of ticket {external_id}; messages {messages}")
        return found[0]

    def linked_tickets(self) -> dict[str, int]:
        """{id at the desk: id in Odoo} of the tickets that are on both sides."""
        rows = self.query(
            "SELECT external_id, res_id FROM retail_sync_link WHERE connection_id = %s AND remote_object = 'ticket'"
            " AND res_model = 'helpdesk.ticket' AND res_id IS NOT NULL AND external_id IS NOT NULL", self.id,
        )  # fmt: skip
        return {row["external_id"]: row["res_id"] for row in rows}

    def texts(self, ticket: int) -> list[str]:
        """The texts of the messages of a ticket in Odoo that are comments, oldest first."""
        rows = self.query(
            "SELECT regexp_replace(body, '<[^>]*>', '', 'g') AS text FROM mail_message WHERE model = 'helpdesk.ticket'"
            " AND res_id = %s AND message_type IN ('comment', 'email') ORDER BY date, id", ticket,
        )  # fmt: skip
        return [row["text"].strip() for row in rows]

    def say(self, ticket: int, text: str, public: bool = True) -> None:
        """Write in a ticket as admin."""
        subtype = "mail.mt_comment" if public else "mail.mt_note"
        values = {"body": text, "message_type": "comment", "subtype_xmlid": subtype}
        self.stack.rpc("helpdesk.ticket", "message_post", [[ticket]], values)

    # ------------------------------------------------------------------ the desk's side
    def desk_texts(self, ticket: int) -> list[str]:
        """The texts of the comments of a ticket at the desk, oldest first."""
        return [row["plain_body"].strip() for row in self.simulator.records("comment", ticket=ticket)]

    def desk_ticket(self, ticket: int) -> dict[str, Any]:
        """A ticket as the desk has it."""
        return self.simulator.records("ticket", [ticket])[0]
