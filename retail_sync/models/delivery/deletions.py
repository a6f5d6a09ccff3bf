"""Records that ended in Odoo: what their end does on the platform, as the entity declares."""

from collections.abc import Collection, Mapping

from odoo import models
from odoo.api import Environment

from ...adapter.values import OutboundRecord
from ...domain.canonical.entity_spec import Effect
from ...domain.canonical.schema import PART_MAIN
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ..mapping.entity import KEEPING
from ..outbox.claim import Claimed
from . import outbound
from . import verdicts as verdict_steps


def plan_end(
    env: Environment,
    stream: models.BaseModel,
    entity: models.BaseModel,
    message: Claimed,
    link: models.BaseModel | None,
    living: Collection[int],
) -> str | OutboundRecord | DeliveryVerdict:
    """Return what a deletion in Odoo asks for: the external id to delete, a record to write, or a verdict.

    The message alone deletes nothing. The record must be gone from Odoo, the stream must pass deletions on as it is set
    now, and the link says which record of the platform it is.

    :param living: ids of the records that exist in Odoo, from `living_ids`
    """
    external_id = link.external_id if link and link.stream_id == stream else ""
    effect = entity._local_deletion_effect(stream)
    if message.res_id in living:
        detail = env._("The record still exists in Odoo, so that nothing is deleted on the platform.")
        return DeliveryVerdict(VerdictKind.not_wanted, detail=detail)
    if not external_id:
        return DeliveryVerdict(VerdictKind.unchanged, detail=env._("This record was never created on the platform."))
    if effect is Effect.delete:
        return external_id
    if effect in KEEPING:
        detail = env._("The record on the platform is kept: this stream does not pass on deletions in Odoo.")
        return DeliveryVerdict(VerdictKind.not_wanted, detail=detail)
    if effect is Effect.refuse:
        text = env._("It was deleted in Odoo, and must not be deleted on the platform. Decide what is done there.")
        return DeliveryVerdict.refused(FaultError(FaultClass.business, "LOCAL_DELETION", text))
    values = entity._ended_values(effect)
    return OutboundRecord(
        key=outbound.record_key(env, stream, message.res_id),
        res_id=message.res_id,
        external_id=external_id,
        parts={PART_MAIN: dict(values)},
        changed={PART_MAIN: set(values)},
        attributes=entity._attributes(values),
        message_id=message.id,
        sent={PART_MAIN: dict(values)},
        local={PART_MAIN: message.res_id},
    )


def living_ids(entity: models.BaseModel, claimed: Collection[Claimed]) -> set[int]:
    """Return the ids of those records that exist in Odoo although their messages speak of a deletion, in one query."""
    ids = [message.res_id for message in claimed if message.op == "delete"]
    return set(entity._model().browse(ids).exists().ids) if ids else set()


def delete_remote(
    env: Environment, stream: models.BaseModel, deletions: Mapping[str, Claimed]
) -> dict[int, DeliveryVerdict]:
    """Delete records on the platform; return {message id: verdict}.

    :param deletions: {external id: message}
    :raises FaultError: the call failed as a whole
    """
    if not deletions:
        return {}
    answers = stream._adapter().delete_remote(stream, list(deletions))
    verdicts = {}
    for message, answer in zip(deletions.values(), answers, strict=True):
        if answer.ok or (answer.fault and answer.fault.fault_class == FaultClass.gone):
            verdicts[message.id] = DeliveryVerdict(VerdictKind.deleted)
        else:
            verdicts[message.id] = verdict_steps.of_refusal(env, answer.fault, message.attempts)
    return verdicts
