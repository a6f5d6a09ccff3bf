"""The one exception of an order whose checks failed."""

from collections.abc import Sequence
from typing import Any

from odoo.api import Environment

from ...domain.commerce.intake import Line, exact_total
from ...domain.commerce.intake_changes import shown
from ...domain.commerce.intake_findings import Finding, code_of
from ...domain.resilience.faults import FaultClass, FaultError
from ..mapping.sensitivity import Sensitivities
from . import texts
from .trees import Tree


class IntakeFault(FaultError):
    """Checks of an order failed. findings: all of them. tree: the order as the exception shows it."""

    def __init__(self, code: str, message: str, findings: Sequence[Finding], tree: dict[str, Any]):
        super().__init__(FaultClass.business, code, message)
        self.findings = tuple(findings)
        self.tree = tree


def fault(env: Environment, findings: Sequence[Finding], tree: Tree, classes: Sensitivities) -> IntakeFault:
    """Return the fault of an order, with what its exception shows. classes: those of incoming orders."""
    skus = {line.key: line.sku or line.description for line in tree.lines} if classes.is_open("lines") else {}
    text = texts.text_of(env, [texts.shown(finding, classes) for finding in findings], skus, bool(tree.order))
    return IntakeFault(code_of(findings), text, findings, _tree(findings, tree))


def _tree(findings: Sequence[Finding], tree: Tree) -> dict[str, Any]:
    """Return the order as JSON: its lines with both prices, its total, and the findings. No values of persons."""
    known = tree.known
    decimals = known.decimals if known else 2
    return {
        "currency": tree.main.get("currency") or "",
        "lines": [_line(line, tree) for line in tree.lines],
        "total": shown(tree.main.get("total")),
        "lines_total": str(exact_total(tree.lines, decimals)) if tree.lines else "",
        "findings": [finding.to_json() for finding in findings],
    }


def _line(line: Line, tree: Tree) -> dict[str, str]:
    ours = tree.known.prices.get(line.key) if tree.known else None
    return {
        "key": line.key,
        "sku": line.sku,
        "name": line.description,
        "quantity": "" if line.quantity is None else f"{line.quantity.normalize():f}",
        "price": "" if line.price is None else f"{line.net:.2f}",
        "ours": "" if ours is None else f"{ours:.2f}",
        "successor": tree.successors.get(line.key, ""),
    }
