"""The tables of an account."""

from __future__ import annotations

from .table import ChangeLog, Row, Table


class Records:
    """All records by kind, with the indexes that calls ask for."""

    def __init__(self) -> None:
        self.users = Table(
            external_id=lambda row: [row["external_id"].lower()] if row["external_id"] else (),
            organization=lambda row: [row["organization_id"]],
            role=lambda row: [row["role"]],
        )
        self.identities = Table(
            value=lambda row: [(row["type"], row["value"].lower())], user=lambda row: [row["user_id"]]
        )
        self.organizations = Table(
            external_id=lambda row: [row["external_id"].lower()] if row["external_id"] else (),
            name=lambda row: [row["name"].lower()],
            domain=lambda row: row["domain_names"],
        )
        self.tickets = Table(
            external_id=lambda row: [row["external_id"]] if row["external_id"] else (),
            requester=lambda row: [row["requester_id"]],
            organization=lambda row: [row["organization_id"]],
            assignee=lambda row: [row["assignee_id"]],
            problem=lambda row: [row["problem_id"]] if row["problem_id"] else (),
            solved=lambda row: [True] if row["status"] == "solved" else (),
            deleted=lambda row: [True] if row["status"] == "deleted" else (),
        )
        self.comments = Table(ticket=lambda row: [row["ticket_id"]], audit=lambda row: [row["audit_id"]])
        self.audits = Table(ticket=lambda row: [row["ticket_id"]])
        self.attachments = Table()
        self.groups = Table()
        self.group_memberships = Table(user=lambda row: [row["user_id"]], group=lambda row: [row["group_id"]])
        self.ticket_fields = Table()
        self.user_fields = Table()
        self.organization_fields = Table()
        self.ticket_forms = Table()
        self.brands = Table()
        self.custom_statuses = Table()
        self.triggers = Table()
        self.uploads: dict[str, list[int]] = {}
        self.contents: dict[int, bytes] = {}
        # The order in which exports read.
        self.logs = {"ticket": ChangeLog(), "user": ChangeLog(), "organization": ChangeLog(), "audit": ChangeLog()}

    def table(self, kind: str) -> Table:
        """The table of a kind, named in the singular."""
        name = {"identity": "identities", "custom_status": "custom_statuses"}.get(kind, f"{kind}s")
        table: Table = getattr(self, name)
        return table

    def memberships(self, user_id: int) -> list[int]:
        """The groups of an agent, the default group first."""
        rows = self.group_memberships.find("user", user_id)
        return [row["group_id"] for row in sorted(rows, key=lambda row: not row["default"])]

    def custom_ticket_fields(self) -> list[Row]:
        return [row for row in self.ticket_fields if row["removable"] and row["active"]]

    def default_status(self, category: str) -> int:
        """The default custom status of a status; closed belongs to solved."""
        wanted = "solved" if category == "closed" else category
        return next(row["id"] for row in self.custom_statuses if row["status_category"] == wanted and row["default"])
