"""Verdicts on messages: from faults, and as sentences for people."""

from odoo.api import Environment

from ...domain.resilience.decision import Retry, Scope, decide
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind


def of_refusal(env: Environment, fault: FaultError | None, attempt: int, readable: bool = False) -> DeliveryVerdict:
    """Return the verdict on a record that the platform refused: again later, or a person has to act.

    :param attempt: the number of this try, from 1
    :param readable: whether reading the platform's record may explain the refusal
    """
    fault = fault or FaultError(FaultClass.unknown, "UNKNOWN", env._("No reason was given."))
    decision = decide(fault, attempt, Scope.delivery_record, readable=readable)
    if isinstance(decision, Retry):
        return DeliveryVerdict.retry(decision.seconds, fault.message)
    return DeliveryVerdict.refused(fault)


def of_silence(env: Environment, attempt: int) -> DeliveryVerdict:
    """Return the verdict on a record that the platform left out of its answer. attempt: from 1."""
    text = env._("The platform did not answer for this record.")
    fault = FaultError(FaultClass.transient, "NO_ANSWER", text)
    decision = decide(fault, attempt, Scope.delivery_unanswered)
    if isinstance(decision, Retry):
        return DeliveryVerdict.retry(decision.seconds, fault.message)
    return DeliveryVerdict.refused(fault)


def sentence(env: Environment, verdict: DeliveryVerdict) -> str:
    """Return what people read about a verdict, in the language of env."""
    if verdict.detail:
        return verdict.detail
    return {
        VerdictKind.accepted: env._("Accepted"),
        VerdictKind.created: env._("Created"),
        VerdictKind.unchanged: env._("Nothing to send: both sides have the same values."),
        VerdictKind.deleted: env._("Deleted on the platform"),
        VerdictKind.not_wanted: env._("This record is no longer to be created on the platform."),
        VerdictKind.superseded: env._("Excluded in the meantime"),
    }.get(verdict.kind, "")
