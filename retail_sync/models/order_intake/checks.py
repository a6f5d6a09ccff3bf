"""A page of incoming orders: what may be made of each, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from odoo import models
from odoo.api import Environment

from ...domain.canonical.schema import PART_MAIN
from ...domain.commerce.intake import check
from ...domain.commerce.intake_changes import Standing, differences, judge, not_confirmed, state_of
from ...domain.commerce.intake_findings import ACCEPTABLE_CHANGES, COMPANY, CREDIT_HOLD, Finding
from ...domain.resilience.faults import FaultClass, FaultError
from ..links.dry_run_record import PLANNED_FROM
from ..mapping.item import Outcome
from ..mapping.sensitivity import Sensitivities
from . import faults, trees
from .sale_order import OFFERED
from .trees import Tree

# Key of the plans in the look-up tables of a page.
PLANS = "intake_plans"
CLASSES = "intake_classes"
STREAM = "intake_stream"
# Key of the ids of decisions about changes that are none any more.
ENDED = "intake_ended_decisions"


@dataclass(slots=True)
class Plan:
    """What becomes of an order that passed: a new one, or new values of a quotation that follows.

    confirm: it is confirmed, too. taken_over: a person has taken over an order that Odoo refused to confirm.
    """

    tree: Tree
    confirm: bool = False
    taken_over: bool = False


def check_page(
    env: Environment, stream: models.BaseModel, items: Sequence[Any], ctx: dict[str, Any]
) -> dict[str, Plan]:
    """Give items that must not become orders their outcome; note the plans of the others in ctx, and return them.

    Known orders whose values did not change have neither.
    """
    plans: dict[str, Plan] = ctx.setdefault(PLANS, {})
    ctx[STREAM] = stream
    present = _trees(env, stream, items)
    found = [tree for tree in present if _goes_on(env, stream, tree, ctx)]
    trees.gather(env, stream, found)
    rules = stream._intake_rules()
    for tree in found:
        assert tree.known is not None
        elsewhere = _elsewhere(tree)
        if elsewhere and elsewhere.accepted_as() in tree.accepted:
            # A person has decided what becomes of it: it stays as it is.
            tree.follows = False
            plans[tree.external_id] = Plan(tree, taken_over=True)
            continue
        taken_over = tree.refused and not_confirmed(tree.main).accepted_as() in tree.accepted
        findings = [elsewhere] if elsewhere else check(tree.main, tree.known, rules)
        if taken_over and not tree.follows:
            findings = []
        elif not findings and tree.refused and not taken_over and tree.credit_hold:
            findings = [Finding(CREDIT_HOLD)]
        if findings:
            _fail(tree, fault_of(env, findings, tree, ctx))
            continue
        wanted = not taken_over and (tree.refused if tree.order else stream.intake_policy == "confirm")
        plans[tree.external_id] = Plan(tree, wanted and not tree.credit_hold, taken_over)
    ctx.setdefault(ENDED, set()).update(decision for tree in present for decision in _ended(tree))
    return plans


def _trees(env: Environment, stream: models.BaseModel, items: Sequence[Any]) -> list[Tree]:
    """Return the trees of items, with what people have decided about them."""
    accepted, successors = env["retail.sync.order.decision"]._of(stream, [item.incoming.external_id for item in items])
    partners = env["res.partner"].browse({item.target_of("customer") for item in items} - {None})
    existing = set(partners.exists().ids)
    orders = env["sale.order"].browse({item.linked_id for item in items} - {None}).exists()
    found, known = [], set(orders.ids)
    for item in items:
        key, target = item.incoming.external_id, item.target_of("customer")
        if target and target >= PLANNED_FROM:
            continue  # a dry run: the customer would be there by now, and nothing is known of that customer
        found.append(
            Tree(
                item,
                item.folded[PART_MAIN] or {},
                partners.browse(target if target in existing else ()),
                orders.browse(item.linked_id if item.linked_id in known else ()).with_prefetch(orders.ids),
                accepted.get(key, {}),
                successors.get(key, {}),
            )
        )
    return found


def _goes_on(env: Environment, stream: models.BaseModel, tree: Tree, ctx: dict[str, Any]) -> bool:
    """Return whether an order is to be created, or a quotation to follow; the others get their outcome, or stay."""
    item, bound = tree.item, tree.item.bound.get(PART_MAIN)
    if item.outcome is Outcome.create:
        if tree.main.get("ready") is False:
            item.outcome = Outcome.excluded
            item.reason = env._("It is not won or activated: no order is made of it.")
            return False
        return True
    if not bound or not tree.order or not bound.base:
        return False
    standing = tree.order._intake_standing()
    tree.judged = judge(bound.base, tree.main, standing)
    findings = [finding for finding in tree.judged if finding.accepted_as() not in tree.accepted]
    if findings:
        tree.lines = trees.lines_of(tree.main)
        _fail(tree, fault_of(env, findings, tree, ctx))
        return False
    changed = differences(bound.base, tree.main)
    tree.follows = bool(changed) and not tree.judged and standing is Standing.untouched
    tree.refused = _is_refused(stream, tree)
    if not (tree.follows or tree.refused):
        return False
    if any(entry.field == "customer" for entry in changed) and not tree.partner and tree.main.get("customer"):
        text = env._("The record refers to '%s', which is not in Odoo yet.", tree.main["customer"])
        _fail(tree, FaultError(FaultClass.dependency, "REFERENCE_MISSING", text))
        return False
    return True


def _is_refused(stream: models.BaseModel, tree: Tree) -> bool:
    """Return whether the order is to be confirmed, and Odoo refused it so far."""
    due = stream.intake_policy == "confirm" and tree.main.get("ready") is not False
    return due and tree.order.state in OFFERED and tree.order.sudo().intake_refused


def _elsewhere(tree: Tree) -> Finding | None:
    """Return the finding of a quotation whose route leads to another company than its own: Odoo moves none there."""
    if not tree.order or tree.company == tree.order.company_id:
        return None
    before, now = tree.order.company_id.display_name, tree.company.display_name
    found = Finding(COMPANY, remote=now, ours=before, state=state_of(tree.main))
    tree.judged.append(found)
    return found


def _ended(tree: Tree) -> list[int]:
    """Return the ids of decisions about changes that the order does not show against what was agreed on.

    One that lets the order pass now is kept, to count again should writing fail. It ends with the next read.
    """
    judged = [*tree.judged, not_confirmed(tree.main)] if tree.refused else tree.judged
    pending = {finding.accepted_as() for finding in judged}
    return [
        decision
        for accepted, decisions in tree.accepted.items()
        if accepted.code in ACCEPTABLE_CHANGES and accepted not in pending
        for decision in decisions
    ]


def fault_of(env: Environment, findings: Sequence[Finding], tree: Tree, ctx: dict[str, Any]) -> FaultError:
    """Return the fault of an order; the classes of its values are read once for a page, and only where there is one."""
    if CLASSES not in ctx:
        ctx[CLASSES] = Sensitivities(env(su=True), ctx[STREAM].connection_id, "incoming_order")
    return faults.fault(env, findings, tree, ctx[CLASSES])


def _fail(tree: Tree, fault: FaultError) -> None:
    tree.item.outcome, tree.item.fault = Outcome.failed, fault


def plan_of(item: Any, ctx: Mapping[str, Any]) -> Plan | None:
    """Return what becomes of an item, None where nothing of it is written."""
    found: Plan | None = ctx.get(PLANS, {}).get(item.incoming.external_id)
    return found
