"""Deletes and undeletes records with what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import trade_rules
from .errors import ApiError, entity_is_deleted, invalid_reference
from .ids import to18
from .org import Context, Org
from .person_accounts import partner_of
from .schema import ObjectType
from .table import Row

if TYPE_CHECKING:
    from .writer import Writer


class Remover:
    def __init__(self, org: Org, context: Context, writer: Writer) -> None:
        self.org = org
        self.context = context
        self.writer = writer

    def delete(self, defn: ObjectType, row: Row, partner: bool = False, master: Row | None = None) -> None:
        """Soft-delete a row and its cascade. Raises ``DELETE_FAILED`` when something blocks it.

        ``master`` is the record that a merge keeps; ``partner`` marks the contact of a person account.
        """
        if not defn.deletable:
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "entity type does not support delete", fields=[])
        if not partner and defn.name == "Contact" and row.get("IsPersonAccount"):
            raise ApiError("INVALID_PERSON_ACCOUNT_OPERATION", "cannot delete person contact", fields=[])
        trade_rules.before_delete(self.org, defn, row)
        self._check_blocked(defn, row)
        for child_type, child in self.children(defn, row, cascade=True):
            # A child of a child may be gone by the time its own turn comes.
            if child["Id"] in self.org.store.table(child_type.name).live and not child.get("IsPersonAccount"):
                self.delete(child_type, child)
        self._clear_lookups(defn, row)
        stamp = self.org.clock.stamp()
        gone = {
            **row, **({"MasterRecordId": master["Id"]} if master else {}), "IsDeleted": True, "LastModifiedDate": stamp,
            "LastModifiedById": self.context.user_id, "SystemModstamp": stamp,
        }  # fmt: skip
        self.writer.put(defn, gone, "delete", deleted=True)
        other = None if partner else partner_of(self.org, defn, row)
        if other is not None:
            kept = partner_of(self.org, defn, master) if master else None
            self.delete(*other, partner=True, master=kept[1] if kept else None)
        self.writer.roll_up(defn, row)

    def children(self, defn: ObjectType, row: Row, cascade: bool) -> list[tuple[ObjectType, Row]]:
        found: list[tuple[ObjectType, Row]] = []
        for child_type, reference in self.org.schema.children_of(defn.name):
            if reference.cascade_delete is cascade and reference.createable:
                rows = self.org.store.table(child_type.name).find(reference, row["Id"])
                found.extend((child_type, child) for child in rows)
        return found

    def _check_blocked(self, defn: ObjectType, row: Row) -> None:
        for child_type, reference in self.org.schema.children_of(defn.name):
            if not reference.restricted_delete:
                continue
            blocking = self.org.store.table(child_type.name).find(reference, row["Id"])
            if blocking:
                label = row.get("Name") or row["Id"]
                message = (
                    f"Your attempt to delete {label} could not be completed because it is associated with the "
                    f"following {child_type.plural.lower()}.: {', '.join(child['Id'][:15] for child in blocking[:5])}"
                )
                raise ApiError("DELETE_FAILED", message, fields=[])

    def _clear_lookups(self, defn: ObjectType, row: Row) -> None:
        """A plain lookup to a deleted record is emptied, as deleting in the platform does."""
        for child_type, reference in self.org.schema.children_of(defn.name):
            if reference.cascade_delete or not reference.createable or reference.required:
                continue
            table = self.org.store.table(child_type.name)
            for child in list(table.find(reference, row["Id"])):
                self.writer.put(child_type, self.writer.stamped(child_type, {reference.name: None}, child), "update")

    def undelete(self, record_id: str) -> str:
        """Back from the recycle bin, with the children that were deleted along in the same moment."""
        found = to18(record_id) or ""
        defn = self.org.schema.of_id(found) if found else None
        row = self.org.store.table(defn.name).bin.get(found) if defn is not None else None
        if defn is None or row is None:
            raise invalid_reference(["Id"])
        if row.get("MasterRecordId"):
            raise entity_is_deleted()
        with self.org.store.transaction():
            self._restore(defn, row)
        return found

    def _restore(self, defn: ObjectType, row: Row) -> None:
        self.writer.put(defn, self.writer.stamped(defn, {"IsDeleted": False}, row), "undelete")
        for child_type, reference in self.org.schema.children_of(defn.name):
            if not reference.cascade_delete:
                continue
            table = self.org.store.table(child_type.name)
            for child in list(table.bin.values()):
                if child.get(reference.name) == row["Id"] and child["SystemModstamp"] == row["SystemModstamp"]:
                    self._restore(child_type, child)
        other = partner_of(self.org, defn, row, deleted=True)
        if other is not None:
            self._restore(*other)
