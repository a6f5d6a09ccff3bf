"""What a ticket may become: the checks of every field that a call sends, applied to a draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import field_values, times
from .errors import Problems, one_problem
from .people import UserWriter
from .table import Row

if TYPE_CHECKING:
    from .account import Account
    from .journal import Actor

STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("urgent", "high", "normal", "low")
TYPES = ("problem", "incident", "question", "task")
KNOWN = frozenset(
    """subject comment description requester requester_id submitter_id assignee_id assignee_email group_id
    organization_id collaborator_ids collaborators additional_collaborators followers email_ccs follower_ids
    email_cc_ids external_id type priority status custom_status_id due_at problem_id tags additional_tags remove_tags
    custom_fields fields ticket_form_id brand_id safe_update updated_stamp metadata via_followup_source_id via
    is_public recipient macro_id macro_ids sharing_agreement_ids comments created_at updated_at solved_at
    id url raw_subject via_id audit generated_timestamp satisfaction_rating has_incidents forum_topic_id followup_ids
    allow_channelback allow_attachments from_messaging_channel result_type attribute_value_ids""".split()
)
# {field of the ticket: its name in audits}
AUDITED = {
    "subject": "subject", "status": "status", "custom_status_id": "custom_status_id", "priority": "priority",
    "type": "type", "requester_id": "requester_id", "assignee_id": "assignee_id", "group_id": "group_id",
    "organization_id": "organization_id", "external_id": "external_id", "brand_id": "brand_id",
    "ticket_form_id": "ticket_form_id", "due_at": "due_at", "problem_id": "linked_id", "tags": "tags",
    "collaborator_ids": "collaborator_ids", "is_public": "is_public",
}  # fmt: skip


@dataclass
class Draft:
    """A ticket on its way: ``row`` is a copy that may be changed, ``before`` the stored one."""

    account: Account
    actor: Actor
    values: Row
    row: Row
    before: Row | None
    problems: Problems = field(default_factory=Problems)

    def apply(self) -> None:
        """Take over every field that was sent."""
        values, row = self.values, self.row
        self._people()
        for name in ("subject", "external_id", "recipient"):
            if name in values:
                row[name] = None if values[name] is None else str(values[name])
        for name, known in (("priority", PRIORITIES), ("type", TYPES)):
            if name in values:
                row[name] = values[name] or None
                if row[name] is not None and row[name] not in known:
                    self.problems.add(name, f"{name.capitalize()}: {row[name]} is not valid", "InvalidValue")
        for name, kind in (("ticket_form_id", "ticket_form"), ("brand_id", "brand")):
            if values.get(name) is not None:
                row[name] = values[name]
                found = self.account.records.table(kind).get(values[name])
                if found is None or not found["active"]:
                    self.problems.add(name.removesuffix("_id"), f"{kind}: is invalid", "InvalidValue")
        self._dependent()
        self._fields_and_tags()
        self._assignment()
        self._status()

    def _people(self) -> None:
        values, row, people = self.values, self.row, UserWriter(self.account, self.actor)
        if isinstance(values.get("requester"), dict):
            row["requester_id"] = people.find_or_create(values["requester"])
        elif values.get("requester_id") is not None:
            row["requester_id"] = values["requester_id"]
        requester = self.account.user(row["requester_id"])
        changed = self.before is None or self.before["requester_id"] != row["requester_id"]
        if changed and requester is None:
            self.problems.add("requester", "Requester: is invalid", "InvalidValue")
        elif changed and requester is not None and requester["suspended"]:
            self.problems.add("requester", f"Requester: {requester['name']} is suspended.", "InvalidValue")
        if changed and requester is not None:
            row["organization_id"] = requester["organization_id"]
        if values.get("organization_id") is not None:
            row["organization_id"] = values["organization_id"]
            if requester is not None and requester["organization_id"] != values["organization_id"]:
                self.problems.add("organization", "Organization: requester is not a member", "InvalidValue")
        for name, plain, rich, extra in (
            ("email_cc_ids", "collaborator_ids", "email_ccs", "additional_collaborators"),
            ("follower_ids", "", "followers", ""),
        ):
            row[name] = people.copied(row[name], values.get(plain), values.get(rich), values.get(extra))
        if isinstance(values.get("collaborators"), list):
            row["email_cc_ids"] = people.copied([], None, None, values["collaborators"])
        row["collaborator_ids"] = sorted({*row["email_cc_ids"], *row["follower_ids"]})

    def _dependent(self) -> None:
        """``due_at`` is for tasks, ``problem_id`` for incidents; elsewhere they are empty."""
        values, row = self.values, self.row
        if "due_at" in values:
            row["due_at"] = times.normal(values["due_at"]) if values["due_at"] else None
            if values["due_at"] and row["due_at"] is None:
                self.problems.add("due_at", "Due at: is not a date", "InvalidFormat")
        if "problem_id" in values:
            row["problem_id"] = values["problem_id"]
            problem = self.account.records.tickets.get(values["problem_id"])
            if values["problem_id"] is not None and (problem is None or problem["type"] != "problem"):
                self.problems.add("problem_id", "Problem: is invalid", "InvalidValue")
        if row["type"] != "task":
            row["due_at"] = None
        if row["type"] != "incident":
            row["problem_id"] = None

    def _fields_and_tags(self) -> None:
        """Custom fields by id, tags as a whole; fields with options and their tags are kept equal."""
        account, values, row = self.account, self.values, self.row
        config = account.config
        tags = set(row["tags"])
        if "tags" in values:
            tags = set(field_values.normal_tags(values["tags"], config.tag_spaces))
        tags |= set(field_values.normal_tags(values.get("additional_tags"), config.tag_spaces))
        tags -= set(field_values.normal_tags(values.get("remove_tags"), config.tag_spaces))
        stored = dict(row["custom_fields"])
        sent = {**field_values.pairs(values.get("fields")), **field_values.pairs(values.get("custom_fields"))}
        for definition in account.records.custom_ticket_fields():
            number = definition["id"]
            old = stored.get(number)
            if number in sent:
                new = field_values.read(
                    definition, sent[number], self.problems, numbers_as_text=config.numeric_fields_as_text,
                    unknown_options=config.unknown_tagger_values,
                )  # fmt: skip
                tags -= field_values.tags_of(definition, old)
                tags |= field_values.tags_of(definition, new)
            else:
                new = field_values.value_from_tags(definition, tags, old)
            stored[number] = new
        row["custom_fields"] = stored
        row["tags"] = sorted(tags)

    def _assignment(self) -> None:
        account, values, row = self.account, self.values, self.row
        if isinstance(values.get("assignee_email"), str):
            values = {**values, "assignee_id": account.owner("email", values["assignee_email"]) or 0}
        if "group_id" in values:
            row["group_id"] = values["group_id"]
            group = account.records.groups.get(values["group_id"])
            if values["group_id"] is not None and (group is None or group["deleted"]):
                self.problems.add("group", "Group: is invalid", "InvalidValue")
        if "assignee_id" in values:
            row["assignee_id"] = values["assignee_id"]
        assignee_id = row["assignee_id"]
        if assignee_id is None:
            return
        agent, groups = account.user(assignee_id), account.records.memberships(assignee_id)
        if "assignee_id" in values and (agent is None or agent["role"] == "end-user" or agent["suspended"]):
            self.problems.add("assignee", "Assignee: is invalid", "InvalidValue")
            return
        if row["group_id"] in groups:
            return
        if "assignee_id" in values and values.get("group_id") is not None:
            self.problems.add("assignee", "Assignee: is not a member of the group", "InvalidValue")
        elif "assignee_id" in values:
            row["group_id"] = groups[0] if groups else None
        elif "group_id" in values:
            row["assignee_id"] = None

    def _status(self) -> None:
        """The status that was sent, or that of the custom status; then what assignment and solving ask for."""
        account, values, row = self.account, self.values, self.row
        if values.get("custom_status_id") is not None:
            custom = account.records.custom_statuses.get(values["custom_status_id"])
            if custom is None or not custom["active"]:
                self.problems.add("custom_status_id", "Ticket status: is invalid", "InvalidValue")
                return
            row["status"], row["custom_status_id"] = custom["status_category"], custom["id"]
        elif values.get("status") is not None:
            self._set_status(str(values["status"]).lower())
        if row["status"] == "new" and row["assignee_id"] is not None:
            if values.get("status") == "new" and account.config.new_after_assignment == "refuse":
                self.problems.add("status", "Status: new is not possible once assigned", "InvalidValue")
            self._set_status("open")
        if row["status"] in ("solved", "closed") and (self.before is None or self.before["status"] not in
                                                      ("solved", "closed")):  # fmt: skip
            self._solve()

    def _set_status(self, status: str) -> None:
        if status not in STATUSES or (status == "hold" and not self.account.config.hold_status):
            self.problems.add("status", f"Status: {status} is not valid", "InvalidValue")
            return
        if self.before is None or self.before["status"] != status or self.row["status"] != status:
            self.row["custom_status_id"] = self.account.records.default_status(status)
        self.row["status"] = status

    def _solve(self) -> None:
        account, row = self.account, self.row
        if row["assignee_id"] is None and account.config.assign_on_solve:
            agent = account.user(self.actor.user_id)
            if agent is not None and agent["role"] != "end-user":
                row["assignee_id"] = agent["id"]
                row["group_id"] = row["group_id"] or next(iter(account.records.memberships(agent["id"])), None)
        elif row["assignee_id"] is None and self.actor.origin == "rest":
            self.problems.add("assignee", "Assignee: cannot be blank when solving a ticket", "BlankValue")
        for definition in account.records.custom_ticket_fields():
            if definition["required"] and row["custom_fields"].get(definition["id"]) in (None, "", [], False):
                self.problems.add("base", f"{definition['title']}: cannot be blank when solving", "BlankValue")

    def follow_up(self) -> Row | None:
        """The closed ticket that this one follows. Raises ``RecordInvalid`` when it is not closed."""
        number = self.values.get("via_followup_source_id")
        if number is None:
            return None
        source = self.account.records.tickets.get(number if isinstance(number, int) else None)
        if source is None or source["status"] != "closed":
            raise one_problem("via_followup_source_id", "Source ticket: is not closed", "InvalidValue")
        return source


def changed_events(before: Row | None, after: Row) -> list[Row]:
    """The audit events of a write, without ids: ``Create`` for what a new ticket has, else ``Change``."""
    events: list[Row] = []
    names: list[tuple[str, Any, Any]] = [
        (shown, None if before is None else before[name], after[name]) for name, shown in AUDITED.items()
    ]
    old_fields = {} if before is None else before["custom_fields"]
    names += [(str(key), old_fields.get(key), value) for key, value in after["custom_fields"].items()]
    for shown, old, new in names:
        if before is None and new not in (None, [], False, ""):
            events.append({"type": "Create", "field_name": shown, "value": new})
        elif before is not None and old != new:
            events.append({"type": "Change", "field_name": shown, "value": new, "previous_value": old})
    return events
