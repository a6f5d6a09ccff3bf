"""Verdicts on messages: from faults, and as sentences for people."""

import logging

from odoo.api import Environment

from ...domain.resilience.decision import Retry, Scope, decide
from ...domain.resilience.faults import FaultClass, FaultError
from ...domain.resilience.verdict import DeliveryVerdict, VerdictKind
from ...runtime import error_texts

_logger = logging.getLogger(__name__)

# Code of a record over which Odoo itself failed.
CRASHED = "PREPARE_FAILED"


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


def of_objection(env: Environment, fault: FaultError) -> DeliveryVerdict:
    """Return the verdict on a record that was not sent: what failed in Odoo fails again, however often it is tried."""
    return DeliveryVerdict.refused(fault) if fault.code == CRASHED else of_refusal(env, fault, 1)


def crash(env: Environment, error: Exception) -> FaultError:
    """Return the fault of a record that an error in Odoo kept from being sent; the error's text may hold values."""
    error_texts.log(_logger, logging.ERROR, error, "A record could not be prepared for its platform")
    text = env._(
        "Odoo could not prepare this record (%s). The other records were sent. The server log has the details.",
        type(error).__name__,
    )
    return FaultError(FaultClass.unknown, CRASHED, text)


def of_silence(env: Environment, attempt: int) -> DeliveryVerdict:
    """Return the verdict on a record that the platform left out of its answer. attempt: from 1."""
    text = env._("The platform did not answer for this record.")
    fault = FaultError(FaultClass.transient, "NO_ANSWER", text)
    decision = decide(fault, attempt, Scope.delivery_unanswered)
    if isinstance(decision, Retry):
        return DeliveryVerdict.retry(decision.seconds, fault.message)
    return DeliveryVerdict.refused(fault)


def of_unreconciled(env: Environment, fault: FaultError, attempt: int) -> DeliveryVerdict:
    """Return the verdict on a record that could not be compared with the platform's before sending. attempt: from 1."""
    text = env._("The record on the platform could not be reconciled: %s", fault.message)
    decision = decide(fault, attempt, Scope.delivery_unreconciled)
    if isinstance(decision, Retry):
        return DeliveryVerdict.retry(decision.seconds, text)
    return DeliveryVerdict.refused(FaultError(fault.fault_class, fault.code, text))


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
        VerdictKind.id_refused: env._("The platform did not accept our id. The link says so; nothing else is missing."),
        VerdictKind.superseded: env._("Excluded in the meantime"),
    }.get(verdict.kind, "")
