"""Carry out what an entity declares about references that the platform does not know yet: wait, refuse or skip."""

from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.entity_spec import OnMissing, ReferenceSpec
from ...domain.resilience.decision import Park, Scope, decide
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import DeliveryVerdict, Subject
from ..mapping.entity_outbound import Waiting

# {field: "model/id" of the record that a skipped reference names}
Skipped = dict[str, str]


def resolve(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    records: models.BaseModel,
    local: dict[int, dict[str, Any]],
    lines_only: bool = False,
) -> tuple[dict[int, DeliveryVerdict], dict[int, Skipped]]:
    """Put the platform's words for references into local; return (verdicts of records not to be sent, skipped ones).

    :param local: {record id: folded values}, changed in place
    :param lines_only: leave references of the records themselves as they are; those of lines are in the platform's
        words already where it knows them
    :return: ({record id: verdict}, {record id: Skipped})
    """
    specs = entity._spec().references
    verdicts: dict[int, DeliveryVerdict] = {}
    skipped: dict[int, Skipped] = {}
    if not specs:
        return verdicts, skipped
    if not lines_only and any("." in spec.field for spec in specs.values()):
        entity._local_references(stream, {record.id: record for record in records}, local)
    for record_id, found in entity._outbound_references(stream, records, local).items():
        for name, reference in found.items():
            spec, values = specs[name], local[record_id]
            if lines_only and "." not in spec.field:
                continue
            if not isinstance(reference, Waiting):
                if "." not in spec.field:
                    values[spec.field] = reference
            elif spec.on_missing is OnMissing.if_expected and not reference.expected:
                _leave_out(spec, values)
            elif spec.on_missing is OnMissing.skip:
                _leave_out(spec, values)
                if reference.expected:
                    skipped.setdefault(record_id, {})[spec.field.partition(".")[0]] = str(_subject(reference))
            else:
                verdicts.setdefault(record_id, _verdict(env, spec, reference))
    return verdicts, skipped


def _subject(reference: Waiting) -> Subject:
    """Return the record that has to be known first."""
    return Subject(reference.model, reference.res_id)


def _verdict(env: Environment, spec: ReferenceSpec, reference: Waiting) -> DeliveryVerdict:
    """Return the verdict on a record whose reference must not be left out."""
    subject = _subject(reference)
    fault = FaultError(
        FaultClass.dependency,
        "REFERENCE_MISSING",
        env._(
            "Its reference %(reference)s names a record that the platform does not know (%(record)s). Send that record "
            "first, then retry.",
            reference=spec.name,
            record=subject,
        ),
    )
    if spec.on_missing is OnMissing.refuse:
        return DeliveryVerdict.refused(fault)
    decision = decide(fault, 1, Scope.reference, on=str(subject))
    assert isinstance(decision, Park)
    return DeliveryVerdict.parked(*Subject.from_text(decision.on))


def _leave_out(spec: ReferenceSpec, values: dict[str, Any]) -> None:
    """Take a reference out of the values that are sent: of lines, from the lines that name an unknown record."""
    name, dot, inner = spec.field.partition(".")
    if not dot:
        values.pop(name, None)
        return
    values[name] = [
        {key: value for key, value in line.items() if key != inner or not str(value or "").startswith("odoo/")}
        for line in values.get(name) or ()
    ]
