"""Which records inbound work may write: the guards of Odoo, repeated for work that runs with superuser rights.

Inbound work needs superuser rights for what people do not see, such as links and messages. Odoo asks nothing of a
superuser, so that everything that Odoo would ask of the integration user is asked here, for all records at once.
"""

from collections.abc import Collection, Iterable

from odoo import models
from odoo.exceptions import AccessError, UserError

from ...domain.resilience.faults import FaultClass, FaultError

# The code of exceptions and reviews about records that no platform may write.
PROTECTED = "INTERNAL_PARTNER"


class ProtectedRecordError(UserError):
    """Raised before a record is written that no platform may write."""


def protected_fault(entity: models.BaseModel) -> FaultError:
    """Return the fault of a record that no platform may write."""
    return FaultError(FaultClass.business, PROTECTED, entity._internal_reason())


def check_protected(entity: models.BaseModel, res_ids: Iterable[int]) -> None:
    """Check that platforms may link to these records and write them.

    :raises FaultError: one of them is protected
    """
    if entity._internal(res_ids):
        raise protected_fault(entity)


def refused(entity: models.BaseModel, connection: models.BaseModel, res_ids: Iterable[int]) -> dict[int, FaultError]:
    """Return {record id: fault} of the records that inbound work must not write, with two queries for all.

    A record is refused that no platform may write, or that the integration user may not write.
    """
    ids = sorted({res_id for res_id in res_ids if res_id})
    found: dict[int, FaultError] = {}
    for res_id in _denied(entity, connection, ids):
        text = entity.env._(
            "The integration user may not change %(kind)s %(id)s. Check its groups and record rules.",
            kind=entity._spec().label.lower(),
            id=res_id,
        )
        found[res_id] = FaultError(FaultClass.contract, "ODOO_ACCESS", text)
    for res_id in entity._internal(ids):
        found[res_id] = protected_fault(entity)
    return found


def _denied(entity: models.BaseModel, connection: models.BaseModel, ids: list[int]) -> set[int]:
    """Return the ids of existing records that the integration user may not write."""
    if not ids:
        return set()
    everyone = entity._model().browse(ids).exists()
    return set(everyone.ids) - set(_as_user(everyone, connection)._filtered_access("write").ids)


def check_columns(records: models.BaseModel, connection: models.BaseModel, columns: Collection[str]) -> None:
    """Check that the integration user may write these columns: some are for certain groups alone.

    :raises AccessError: names the columns
    """
    model = _as_user(records, connection)
    closed = sorted(
        name for name in columns if name in model._fields and not model._has_field_access(model._fields[name], "write")
    )
    if closed:
        raise AccessError(
            records.env._(
                "The integration user may not write these fields: %s. Give the user the groups of the fields, or "
                "take their lines out of the field mapping.",
                ", ".join(closed),
            )
        )


def check_created(records: models.BaseModel, connection: models.BaseModel) -> None:
    """Check that the integration user could have created these records itself, by rights and by record rules.

    :raises AccessError: it could not
    """
    if records:
        _as_user(records, connection).check_access("create")


def _as_user(records: models.BaseModel, connection: models.BaseModel) -> models.BaseModel:
    """Return records as the integration user sees them: a connection without a company serves all of its user's."""
    if not connection.company_id:
        records = records.with_context(allowed_company_ids=connection.user_id.sudo().company_ids.ids)
    return records.with_user(connection.user_id).sudo(False)
