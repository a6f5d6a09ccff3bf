"""Automation of the org: scripted triggers that react to a write, as Apex and Flow do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .errors import ApiError
from .schema import ObjectType
from .table import Row
from .values import coerce

if TYPE_CHECKING:
    from .org import Context, Org


@dataclass(slots=True)
class Automation:
    """A trigger before the save. All conditions must hold; then fields are set, or the record is refused.

    when: a condition as in validation rules, ``{field, op, value}``; changed: one of these fields is written with a new
    value; users: only writes of these users. values: {field: constant}; copies: {field: field that it is taken from}.
    """

    name: str
    object: str
    operations: tuple[str, ...] = ("insert", "update")
    when: dict[str, Any] | None = None
    changed: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    copies: dict[str, str] = field(default_factory=dict)
    refuse: str = ""
    times: int = -1
    runs: int = 0

    def applies(self, org: Org, context: Context, defn: ObjectType, new: Row, old: Row | None) -> bool:
        from .validation import rule_holds

        if self.object.lower() != defn.name.lower() or not self.times:
            return False
        if ("insert" if old is None else "update") not in self.operations:
            return False
        if self.users and context.user_id not in {org.user_id(user) for user in self.users}:
            return False
        if self.changed and not any(new.get(name) != (old or {}).get(name) for name in self.changed):
            return False
        return self.when is None or rule_holds(self.when, new.get(self.when["field"]))


def make(org: Org, spec: dict[str, Any]) -> Automation:
    """An automation from its description. Raises ``INVALID_CONTROL_CALL`` for fields that do not exist."""
    defn = org.schema.get(spec["object"])
    made = Automation(
        spec.get("name") or f"{defn.name}Automation", defn.name, tuple(spec.get("on") or ("insert", "update")),
        spec.get("when"), tuple(spec.get("changed") or ()), tuple(spec.get("users") or ()), spec.get("set") or {},
        spec.get("copy") or {}, spec.get("refuse") or "", spec.get("times", -1),
    )  # fmt: skip
    named = {*made.changed, *made.values, *made.copies, *made.copies.values()}
    if made.when:
        named.add(made.when["field"])
    unknown = sorted(name for name in named if defn.field(name) is None)
    if unknown or not (made.values or made.copies or made.refuse):
        what = (
            f"no such fields on {defn.name}: {', '.join(unknown)}" if unknown else "it sets, copies or refuses nothing"
        )
        raise ApiError("INVALID_CONTROL_CALL", f"an automation cannot run: {what}")
    return made


def run(
    automations: Iterable[Automation], org: Org, context: Context, defn: ObjectType, new: Row, old: Row | None
) -> None:
    """Let the automations act on a record that is about to be saved, in their order; ``new`` is changed in place."""
    for automation in automations:
        if not automation.applies(org, context, defn, new, old):
            continue
        automation.runs += 1
        automation.times -= automation.times > 0
        if automation.refuse:
            event = "BeforeInsert" if old is None else "BeforeUpdate"
            message = (
                f"{automation.name}: execution of {event}\n\ncaused by: System.DmlException: {automation.refuse}\n\n"
                f"Trigger.{automation.name}: line 1, column 1"
            )
            raise ApiError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", message, fields=[])
        copied = {target: new.get(source) for target, source in automation.copies.items()}
        for name, value in {**automation.values, **copied}.items():
            target = defn.field(name)
            stored = coerce(target, value, "csv") if target is not None else None
            if stored is None:
                new.pop(name, None)
            else:
                new[target.name if target else name] = stored
