"""Deliveries of facts: claim, ask where a fact may have arrived, check the claim, send, write the result.

A fact is sent at most once as far as the platform can be asked. Whatever was handed over without a clear answer is
looked up by its key before it is sent again; where the platform cannot say, a person does. The claim is checked in the
last transaction before each call. A worker whose connection to the database is lost after that is taken for dead while
its call goes on: the worker that follows waits until that call has ended before it asks (`outbox.left_behind`).
"""

import time
import uuid
from collections.abc import Sequence
from typing import Any

from odoo.api import Environment

from ...adapter.effects import UNKNOWN, OutboundFact
from ...adapter.values import Answer
from ...domain.resilience.decision import Retry, Scope, Stop, blames_content, decide
from ...domain.resilience.faults import FaultClass, FaultError
from ...runtime.halving import halve
from ...runtime.jobs import on_the_wire
from ...runtime.transactions import run_separately
from ..exceptions import job_faults
from ..outbox import facts as outbox_facts
from ..outbox import outbox
from ..outbox.fact import ClaimedFact, FactResult
from ..runs import job_trigger
from . import deliver

# Refusals after which no part of a fact can have been stored. Not `duplicate`: the platform may mean this very fact.
CLEAR = frozenset({FaultClass.business, FaultClass.gone, FaultClass.contract, FaultClass.auth, FaultClass.throttled})


def delivers(env: Environment, stream_id: int) -> bool:
    """Return whether a stream sends facts."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    return bool(stream) and stream._entity()._sends_facts()


def job_drain(env: Environment, stream_id: int, lane: str) -> None:
    """Send the facts that wait in one lane of a stream."""
    stream = env["retail.sync.stream"].sudo().browse(stream_id).exists()
    if not stream or not stream._delivers(lane):
        return
    claim = env.context.get("job_uuid") or uuid.uuid4().hex
    deliver.begin_drain(env, stream_id, lane, claim)
    until = time.monotonic() + deliver.TARGET_SECONDS
    limit = stream._adapter().write_limit(stream, lane)
    while True:
        claimed = run_separately(env, outbox_facts.claim, stream, lane, claim, limit, retry=False, read_committed=True)
        if not claimed:
            return
        if not deliver_claimed(env, stream, lane, claimed):
            return
        if time.monotonic() > until:
            job_trigger.trigger_drain(env(su=True), stream, lane)
            return


def deliver_claimed(env: Environment, stream: Any, lane: str, claimed: Sequence[ClaimedFact]) -> bool:
    """Send claimed facts and write what became of each; return whether others may be sent at once."""
    run = deliver.open_run(env, stream, "push")
    calling = on_the_wire(stream, run, lane, run.calls)
    results: list[FactResult] = []
    try:
        to_send = []
        for fact in claimed:
            result = _ask(env, calling, fact) if fact.may_have_arrived else None
            if result is None:
                to_send.append(fact)
            else:
                results.append(result)
        results += _push(env, calling, to_send)
    except Exception:
        done = {result.fact.id for result in results}
        results += [FactResult(fact, "pending", seconds=60) for fact in claimed if fact.id not in done]
        _finish(env, stream, run, results)
        deliver.end_run(env, run, {"n_back": len(claimed)}, "failed")
        raise
    kept = _finish(env, stream, run, results)
    _stop_stream(env, stream, kept)
    counted = [result.state for result in kept]
    deliver.end_run(
        env,
        run,
        {
            "n_sent": counted.count("done"),
            "n_back": counted.count("pending"),
            "n_failed": counted.count("open") + counted.count("unknown"),
        },
    )
    later = [result.seconds for result in kept if result.state == "pending"]
    if later:
        seconds = max(1, int(min(later)))
        job_trigger.trigger_drain(env(su=True), stream, lane, seconds=seconds)
    # If all facts wait again, the platform or the network has a problem, and other facts would fail too.
    return any(state != "pending" for state in counted)


def _finish(env: Environment, stream: Any, run: deliver.RunRef, results: Sequence[FactResult]) -> list[FactResult]:
    return run_separately(env, outbox_facts.finish, stream, run.id, results)


def _ask(env: Environment, stream: Any, fact: ClaimedFact) -> FactResult | None:
    """Return what the platform says about a fact that may have arrived; None when it did not and may be sent."""
    try:
        found = stream._adapter().find_effect(stream, fact.key)
    except FaultError as fault:
        return _of_fault(fact, fault, refused=False)
    if found is UNKNOWN:
        text = env._(
            "The fact was sent, but no answer was received. The platform cannot report whether it arrived. Check on "
            "the platform, then press Mark as sent or Send again."
        )
        return FactResult(fact, "unknown", fault=FaultError(FaultClass.unknown, "EFFECT_UNKNOWN", text))
    if found is None:
        return None
    return FactResult(fact, "done", env._("Arrived in an earlier attempt"), external_id=str(found))


def _push(env: Environment, stream: Any, facts: Sequence[ClaimedFact]) -> list[FactResult]:
    """Send facts whose claim still holds; a call refused over its content is halved until the guilty stands alone."""

    def push(part: Sequence[ClaimedFact]) -> list[FactResult]:
        # All that the call needs is read before the claim is checked for the last time: nothing comes between.
        held, outgoing = run_separately(env, _begin, stream, part)
        if not held:
            return []
        try:
            answers = stream._adapter().push_facts(stream, outgoing)
        except FaultError as fault:
            if _blames_one(fault):
                raise
            return [_of_fault(fact, fault, refused=fault.fault_class in CLEAR) for fact in held]
        return [_of_answer(env, fact, answer) for fact, answer in zip(held, answers, strict=True)]

    def refused(fact: ClaimedFact, fault: Exception) -> list[FactResult]:
        return [_of_fault(fact, fault, refused=True)]

    def passes_on(error: Exception) -> bool:
        return not (isinstance(error, FaultError) and _blames_one(error))

    return [result for part in halve(facts, push, refused, passes_on) for result in part]


def _blames_one(fault: FaultError) -> bool:
    """Return whether a whole call was refused over some of its facts, and clearly none of them was stored."""
    return blames_content(fault) and fault.fault_class in CLEAR


def _begin(tx: Environment, stream: Any, facts: Sequence[ClaimedFact]) -> tuple[list[ClaimedFact], list[OutboundFact]]:
    """Return the facts whose claim still holds, and what the adapter gets of each."""
    links = outbox.bound(tx, stream, {fact.res_id for fact in facts})
    held = outbox_facts.begin(tx, facts)
    return held, [
        OutboundFact(
            fact.key,
            fact.res_model,
            fact.res_id,
            links[fact.res_id].external_id if fact.res_id in links else None,
            fact.payload,
            fact.at,
        )
        for fact in held
    ]


def _of_answer(env: Environment, fact: ClaimedFact, answer: Answer) -> FactResult:
    if answer.ok:
        return FactResult(fact, "done", env._("Accepted"), external_id=answer.external_id)
    fault = answer.fault or FaultError(FaultClass.transient, "NO_ANSWER", env._("The platform gave no answer."))
    return _of_fault(fact, fault, refused=fault.fault_class in CLEAR)


def _of_fault(fact: ClaimedFact, fault: FaultError, *, refused: bool) -> FactResult:
    """Return the result of a fault. refused: the platform clearly took nothing."""
    whole = fault.fault_class in (FaultClass.throttled, FaultClass.auth, FaultClass.contract)
    decision = decide(fault, fact.attempts, Scope.delivery_batch if whole else Scope.delivery_record)
    if isinstance(decision, Retry):
        return FactResult(
            fact, "pending", seconds=decision.seconds, refused=refused, counts=decision.counts_attempt, fault=fault
        )
    if isinstance(decision, Stop):
        return FactResult(fact, "pending", refused=refused, counts=decision.counts_attempt, fault=fault)
    return FactResult(fact, "open", refused=refused, fault=fault)


def _stop_stream(env: Environment, stream: Any, results: Sequence[FactResult]) -> None:
    """Stop the stream where the platform does not know what was asked of it: its facts wait."""
    broken = next((result.fault for result in results if _breaks_contract(result)), None)
    if broken is not None:
        run_separately(env, job_faults.on_stream_fault, stream, broken)


def _breaks_contract(result: FactResult) -> bool:
    return result.state == "pending" and bool(result.fault) and result.fault.fault_class is FaultClass.contract
