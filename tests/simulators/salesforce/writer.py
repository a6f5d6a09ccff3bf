"""Saves and deletes records: the one way in for rows, collections, composite, tree and Bulk."""

from __future__ import annotations

from typing import Any

from . import assignment, automations, derived, person_accounts, storage, trade_rules
from .body_reader import INSERT, UPDATE, read_body
from .duplicates import check_duplicates
from .errors import ApiError, MultipleMatches, entity_is_deleted, invalid_reference
from .ids import to18
from .org import Context, Org
from .remover import Remover
from .schema import ObjectType
from .table import Row
from .validation import check_record


class Writer:
    """Writes of one caller. Each call is all or nothing and raises :class:`ApiError` when refused."""

    def __init__(self, org: Org, context: Context) -> None:
        self.org = org
        self.context = context
        self.remover = Remover(org, context, self)

    # -- locating
    def locate(self, object_name: str | None, record_id: Any) -> tuple[ObjectType, Row]:
        """The live row behind an id. Raises ``MALFORMED_ID``, ``ENTITY_IS_DELETED`` or an invalid reference."""
        found = to18(record_id) if isinstance(record_id, str) else None
        if found is None:
            raise ApiError("MALFORMED_ID", f"malformed id {record_id}", fields=["Id"])
        defn = self.org.schema.of_id(found)
        if defn is None or (object_name is not None and defn.name.lower() != object_name.lower()):
            raise invalid_reference(["Id"])
        table = self.org.store.table(defn.name)
        row = table.live.get(found)
        if row is None:
            deleted = table.bin.get(found)
            if deleted is not None and self.context.access.visible(defn.name, deleted):
                raise entity_is_deleted()
            raise invalid_reference(["Id"])
        if not self.context.access.visible(defn.name, row):
            raise invalid_reference(["Id"])
        return defn, row

    def matches(self, defn: ObjectType, field_name: str, value: Any) -> list[Row]:
        """Visible live rows by external id. Raises ``NOT_FOUND`` for a field that is no key."""
        field = defn.field(field_name)
        if field is None or not field.lookup_key or not self.context.access.readable(defn, field):
            message = f"Provided external ID field does not exist or is not accessible: {field_name}"
            raise ApiError("NOT_FOUND", message, status=404)
        if field.type == "id":
            value = to18(str(value)) or ""
        elif isinstance(value, str) and field.type in ("double", "int"):
            try:
                value = float(value) if field.type == "double" else int(value)
            except ValueError:
                return []
        access = self.context.access
        return [row for row in self.org.store.table(defn.name).find(field, value) if access.visible(defn.name, row)]

    # -- saving
    def insert(self, object_name: str, body: dict[str, Any]) -> str:
        defn = self.org.schema.get(object_name)
        self._reject_id(body)
        if not (defn.createable and self.context.access.may(defn, "allowCreate")):
            raise ApiError(
                "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", f"entity type cannot be inserted: {defn.label}", fields=[]
            )
        storage.check(self.org, defn.name)
        self.org.faults.check_record("insert", defn.name, body, None)
        values = read_body(self.org, self.context, defn, body, INSERT)
        with self.org.store.transaction():
            return self._save(defn, values, None)["Id"]

    def update(self, object_name: str | None, record_id: Any, body: dict[str, Any]) -> str:
        defn, old = self.locate(object_name, record_id)
        self._reject_id(body)
        self.need(defn, "allowEdit")
        self.org.faults.check_record("update", defn.name, body, old)
        values = read_body(self.org, self.context, defn, body, UPDATE)
        with self.org.store.transaction():
            return self._save(defn, values, old)["Id"]

    def upsert(
        self, object_name: str, field_name: str, value: Any, body: dict[str, Any], update_only: bool = False
    ) -> tuple[str, bool]:
        """(id, created). Raises :class:`MultipleMatches` when the key is ambiguous."""
        defn = self.org.schema.get(object_name)
        rows = self.matches(defn, field_name, value)
        if len(rows) > 1:
            raise MultipleMatches(defn.name, [row["Id"] for row in rows])
        field = defn.field(field_name)
        assert field is not None, "matches() refuses an unknown field"
        if any(key.lower() == field_name.lower() for key in body):
            message = f"The {field.name} field should not be specified in the sobject data."
            raise ApiError("INVALID_FIELD", message)
        if rows:
            return self.update(defn.name, rows[0]["Id"], body), False
        if update_only or field.type == "id":
            raise ApiError("NOT_FOUND", "The requested resource does not exist", status=404)
        return self.insert(defn.name, {**body, field.name: value}), True

    def need(self, defn: ObjectType, right: str) -> None:
        """Raise when the user lacks a right on the object."""
        if not self.context.access.may(defn, right):
            raise ApiError("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", fields=[])

    def _give_household(self, defn: ObjectType, new: Row, old: Row | None) -> None:
        """In an org with household accounts, a contact without an account gets one of its own."""
        if not self.org.config.household_accounts or defn.name != "Contact" or old is not None:
            return
        if new.get("AccountId") is None and new.get("LastName") and not new.get("IsPersonAccount"):
            values = {"Name": f"{new['LastName']} Household", "OwnerId": new.get("OwnerId")}
            new["AccountId"] = self._save(self.org.schema.get("Account"), values, None)["Id"]

    def _reject_id(self, body: dict[str, Any]) -> None:
        if any(key.lower() == "id" for key in body):
            raise ApiError("INVALID_FIELD", "The Id field should not be specified in the sobject data.")

    def _save(self, defn: ObjectType, values: dict[str, Any], old: Row | None) -> Row:
        person_accounts.check_direct_edit(self.org, defn, old)
        new = self.stamped(defn, values, old)
        automations.run(self.org.automations, self.org, self.context, defn, new, old)
        assignment.assign(self.org, self.context, defn, new)
        self._give_household(defn, new, old)
        person_accounts.before_save(self.org, defn, new, old, values)
        derived.before_save(self.org, defn, new, old, values)
        check_record(self.org, self.context, defn, new, values, old)
        check_duplicates(self.org, self.context, defn, new, old)
        self.put(defn, new, "update" if old is not None else "insert")
        person_accounts.after_save(self, defn, new, old)
        self.roll_up(defn, new)
        return new

    def stamped(self, defn: ObjectType, values: dict[str, Any], old: Row | None) -> Row:
        """A new version of the row: values laid over the old ones, system fields set, empty fields absent."""
        user, stamp = self.context.user_id, self.org.clock.stamp()
        if old is not None:
            new = dict(old)
            stamp = max(stamp, old["SystemModstamp"])
        else:
            new = {
                "Id": self.org.store.ids.new(defn.prefix), "IsDeleted": False,
                "CreatedDate": stamp, "CreatedById": user,
            }  # fmt: skip
            for field in defn.fields.values():
                if field.type == "boolean":
                    new[field.name] = bool(field.default)
                elif field.default is not None:
                    new[field.name] = field.default
                elif field.auto_number:
                    new[field.name] = self.org.store.next_number(defn.name)
                elif field.name == "OwnerId":
                    new[field.name] = user
                elif field.name_field and field.defaulted_on_create:
                    new[field.name] = new["Id"][:15]
        new.update(LastModifiedDate=stamp, LastModifiedById=user, SystemModstamp=stamp)
        for name, value in values.items():
            if value is None:
                new.pop(name, None)
            else:
                new[name] = value
        return new

    def roll_up(self, defn: ObjectType, row: Row) -> None:
        """Carry a line's change into its parent's total."""
        for entry, price in trade_rules.followers(self.org, defn, row):
            self.put(defn, self.stamped(defn, price, entry), "update")
        found = trade_rules.parent_totals(self.org, defn, row)
        if found is None:
            return
        object_name, record_id, values = found
        parent = self.org.store.table(object_name).live.get(record_id)
        if parent is not None and any(parent.get(name) != value for name, value in values.items()):
            target = self.org.schema.get(object_name)
            self.put(target, self.stamped(target, values, parent), "update")

    def put(
        self, defn: ObjectType, row: Row | None, operation: str, deleted: bool = False, record_id: str = ""
    ) -> None:
        context = self.context
        record_id = record_id or (row or {})["Id"]
        self.org.store.put(
            self.org.store.table(defn.name), record_id, row, deleted,
            op=operation, user=context.user_id, stamp=self.org.clock.stamp(), client=context.client,
        )  # fmt: skip

    # -- deleting
    def delete(self, object_name: str | None, record_id: Any) -> str:
        """Into the recycle bin, with the children that go along."""
        defn, row = self.locate(object_name, record_id)
        self.need(defn, "allowDelete")
        self.org.faults.check_record("delete", defn.name, row, row)
        with self.org.store.transaction():
            self.remover.delete(defn, row)
        return row["Id"]

    def hard_delete(self, object_name: str | None, record_id: Any) -> str:
        """Out of the org for good, from the live rows or the recycle bin."""
        found = to18(record_id) if isinstance(record_id, str) else None
        defn = self.org.schema.of_id(found) if found else None
        row = self.org.store.table(defn.name).get(found) if defn is not None and found is not None else None
        if found is None or defn is None or row is None or (object_name and defn.name.lower() != object_name.lower()):
            raise invalid_reference(["Id"])
        self.need(defn, "allowDelete")
        self.org.faults.check_record("hardDelete", defn.name, row, row)
        with self.org.store.transaction():
            if not row["IsDeleted"]:
                self.remover.delete(defn, row)
            self.put(defn, None, "hard_delete", record_id=found)
        return found
