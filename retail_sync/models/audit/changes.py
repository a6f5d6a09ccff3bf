"""Write changes of settings into the audit trail: which records, which fields, and codes before and after."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from odoo import SUPERUSER_ID, models

from ...domain.security.audit import AuditKind
from . import trail

# Types whose values are codes. Of other fields, the row has the name alone.
_CODES = ("selection", "boolean")
ConnectionOf = Callable[[Any], Any]


@contextmanager
def noted(
    records: models.BaseModel,
    names: Collection[str],
    connection_of: ConnectionOf,
    kind: AuditKind = AuditKind.OWNERSHIP,
) -> Iterator[None]:
    """Write a row per connection about the fields that the block changes; no row where nothing changes.

    :param names: of the fields that are looked at; what else the block writes is none of a person's settings
    :param connection_of: returns the connection of a record, empty for none
    """
    names = [name for name in sorted(names) if name in records._fields]
    before = _values(records, names)
    yield
    if not before or not names:
        return
    records.invalidate_recordset(names, flush=True)
    after = _values(records, names)
    changed = {
        record_id: [name for name in names if before[record_id][name] != after[record_id][name]]
        for record_id in before.keys() & after.keys()
    }
    touched = records.browse(record_id for record_id in before if changed.get(record_id))
    for connection, group in touched.sudo().grouped(connection_of).items():
        fields = {
            name: _change(records, name, [(before[row.id][name], after[row.id][name]) for row in group])
            for name in sorted({name for row in group for name in changed[row.id]})
        }
        note(group.with_env(records.env), "write", connection, kind, fields=fields)


def note(
    records: models.BaseModel,
    step: str,
    connection: Any,
    kind: AuditKind = AuditKind.OWNERSHIP,
    **details: Any,
) -> None:
    """Write one row about records that were created, changed or deleted; what an installation loads is left out.

    A client can name any context key: an installation is the work of the system user, which no person is.
    """
    installs = records.env.uid == SUPERUSER_ID and records.env.context.get("install_mode")
    if records and not installs:
        trail.add(
            records.env,
            kind,
            model=records._name,
            res_ids=records.ids,
            connection=connection,
            details={"step": step, **details},
        )


def note_each(
    records: models.BaseModel, step: str, connection_of: ConnectionOf, kind: AuditKind = AuditKind.OWNERSHIP
) -> None:
    """Write one row per connection about records that were created or are to be deleted."""
    for connection, group in records.sudo().grouped(connection_of).items():
        note(group.with_env(records.env), step, connection, kind)


def _values(records: models.BaseModel, names: list[str]) -> dict[int, dict[str, Any]]:
    return {
        record.id: {name: _plain(record[name]) for name in names} for record in records.sudo().exists() if record.id
    }


def _plain(value: Any) -> Any:
    return value.ids if isinstance(value, models.BaseModel) else value


def _change(records: models.BaseModel, name: str, pairs: list[tuple[Any, Any]]) -> Any:
    """Return [code before, code after] where all records changed alike and the values are codes; else "changed"."""
    if records._fields[name].type in _CODES and len(set(pairs)) == 1:
        return list(pairs[0])
    return "changed"


def values_changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """Return the names whose values differ between two mappings."""
    first, second = before or {}, after or {}
    return sorted(name for name in {*first, *second} if first.get(name) != second.get(name))
