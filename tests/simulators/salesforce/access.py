"""What a user may see and write: object rights, field-level security and sharing."""

from __future__ import annotations

from typing import Any

from .config import Config
from .field_security import FieldSecurity
from .schema import Field, ObjectType
from .table import Row


class Access:
    """Rights of one user. ``security`` is that of the integration user; everybody else has None and sees all."""

    def __init__(self, config: Config, user_id: str, security: FieldSecurity | None) -> None:
        self.user_id = user_id
        self.restricted = security is not None
        self._security = security
        self._sharing = {key.lower(): rule for key, rule in config.sharing.items()} if security else {}
        self._hidden: frozenset[tuple[str, str]] = security.hidden if security else frozenset()
        self._readonly: frozenset[tuple[str, str]] = security.readonly if security else frozenset()
        for object_name, rules in config.fls.items() if security else ():
            self._hidden |= {(object_name.lower(), name.lower()) for name in rules.get("hidden", ())}
            self._readonly |= {(object_name.lower(), name.lower()) for name in rules.get("readonly", ())}

    def may(self, defn: ObjectType, right: str) -> bool:
        """Whether the user has a right on an object, such as ``allowDelete``."""
        return self._security is None or self._security.may(defn, right)

    def readable(self, defn: ObjectType, field: Field) -> bool:
        return not self._hidden or (defn.name.lower(), field.name.lower()) not in self._hidden

    def editable(self, defn: ObjectType, field: Field) -> bool:
        key = (defn.name.lower(), field.name.lower())
        return key not in self._hidden and key not in self._readonly

    def fields(self, defn: ObjectType) -> list[Field]:
        """Readable fields in schema order."""
        if not self._hidden:
            return list(defn.fields.values())
        return [f for f in defn.fields.values() if self.readable(defn, f)]

    def rule(self, object_name: str) -> Any:
        """The sharing rule of an object; ``None`` when everything is visible."""
        rule = self._sharing.get(object_name.lower())
        return None if rule in (None, "all") else rule

    def visible(self, object_name: str, row: Row) -> bool:
        rule = self.rule(object_name)
        if rule is None:
            return True
        if rule == "owned":
            return row.get("OwnerId") == self.user_id
        hidden_owners = rule.get("hidden_owners", ()) if isinstance(rule, dict) else ()
        hidden_ids = rule.get("hidden_ids", ()) if isinstance(rule, dict) else rule
        return row["Id"] not in hidden_ids and row.get("OwnerId") not in hidden_owners
