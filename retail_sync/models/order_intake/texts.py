"""Sentences about what the checks of an incoming order found: both values, and which line."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from odoo.api import Environment

from ...domain.canonical.incoming_order import INCOMING_LINE_FIELDS, INCOMING_ORDER
from ...domain.commerce import intake_findings as codes
from ...domain.commerce.intake_changes import Standing
from ...domain.commerce.intake_findings import Finding
from ..mapping import field_labels
from ..mapping.sensitivity import Sensitivities

# The value of the order that a check is about, where its finding names none.
FIELD_OF = {codes.TOTAL: "total", codes.DATE: "closed_on"}


def shown(finding: Finding, classes: Sensitivities) -> Finding:
    """Return a finding as someone without the right to reveal may see it. classes: those of incoming orders."""
    field = "lines" if finding.line else finding.field or FIELD_OF.get(finding.code, "")
    if not field or classes.is_open(field):
        return finding
    return replace(finding, remote=classes.masked(finding.remote, field), ours=classes.masked(finding.ours, field))


def heading(env: Environment, findings: Sequence[Finding], known: bool) -> str:
    """Return the sentence that stands above the findings of one order. known: Odoo has made one of it already."""
    if any(finding.code in codes.CHANGES for finding in findings):
        return env._("The order changed on the platform. Nothing was changed in Odoo:")
    if all(finding.code == codes.NOT_CONFIRMED for finding in findings):
        return env._("Odoo did not confirm the order. It stays a quotation:")
    if known and len(findings) == 1:
        return env._("A check failed. Nothing was changed in Odoo:")
    if known:
        return env._("%s checks failed. Nothing was changed in Odoo:", len(findings))
    if len(findings) == 1:
        return env._("A check failed. No order was created:")
    return env._("%s checks failed. No order was created:", len(findings))


def text_of(env: Environment, findings: Sequence[Finding], skus: Mapping[str, str], known: bool) -> str:
    """Return what happened, one sentence a finding. skus: {line key: its SKU}. known: as in `heading`."""
    lines = [heading(env, findings, known)]
    lines.extend(_with_line(env, finding, skus) for finding in findings)
    return "\n".join(lines)


def _with_line(env: Environment, finding: Finding, skus: Mapping[str, str]) -> str:
    text = sentence(env, finding)
    if not finding.line:
        return f"- {text}"
    return f"- {skus.get(finding.line) or finding.line}: {text}"


def sentence(env: Environment, finding: Finding) -> str:
    """Return what a finding says, without its line."""
    if finding.code in codes.CHANGES:
        return _change(env, finding)
    remote, ours = finding.remote or "-", finding.ours or "-"
    texts = {
        codes.NO_CUSTOMER: env._("The order names no customer."),
        codes.BLOCKED: env._("The account of the customer is blocked."),
        codes.CREDIT_HOLD: env._("The customer is on credit hold."),
        codes.ROUTE: env._("The routing rule names %(company)s, which the connection does not serve.", company=ours),
        codes.NO_LINES: env._("The order has no lines."),
        codes.SKU_MISSING: env._("The line has no SKU."),
        codes.SKU_UNKNOWN: env._("Odoo has no product with the SKU %(sku)s.", sku=remote),
        codes.SKU_AMBIGUOUS: env._("%(count)s products have the SKU %(sku)s.", count=ours, sku=remote),
        codes.SKU_ARCHIVED: env._("The product %(sku)s is discontinued.", sku=remote),
        codes.SKU_NOT_SOLD: env._("The product %(sku)s cannot be sold.", sku=remote),
        codes.QUANTITY: env._("The quantity %(quantity)s cannot be sold.", quantity=remote),
        codes.UNIT: env._("The unit is %(remote)s, and %(ours)s in Odoo.", remote=remote, ours=ours),
        codes.PRICE: env._("The price is %(remote)s, and %(ours)s in Odoo.", remote=remote, ours=ours),
        codes.TAX: env._("The product has no sales tax in the company that sells it."),
        codes.CURRENCY: env._("The currency is %(remote)s. Odoo has prices in %(ours)s.", remote=remote, ours=ours),
        codes.TOTAL: env._("The total is %(remote)s, and the lines add up to %(ours)s.", remote=remote, ours=ours),
        codes.ADDRESS: env._("The delivery address lacks: %(fields)s.", fields=_address(env, finding.ours)),
        codes.DATE: env._("The date is %(remote)s; the latest one allowed is %(ours)s.", remote=remote, ours=ours),
        codes.NOT_CONFIRMED: finding.ours,
        codes.DUPLICATE: env._("Other orders have the same customer's reference: %(orders)s", orders=ours),
    }
    text = texts.get(finding.code, finding.code)
    if finding.code == codes.QUANTITY and finding.ours:
        text = env._("The quantity %(remote)s is no multiple of %(ours)s.", remote=remote, ours=ours)
    if finding.offer:
        successor = env._("Successor: %s", finding.offer)
        text = f"{text} {successor}"
    return text


def _address(env: Environment, names: str) -> str:
    model = env["res.partner"]
    labels = [
        model._fields[name]._description_string(env) if name in model._fields else name for name in names.split(", ")
    ]
    return ", ".join(str(label) for label in labels)


def _change(env: Environment, finding: Finding) -> str:
    if finding.code in (codes.REOPENED, codes.WON_AGAIN):
        standing = {
            Standing.untouched: env._("a quotation"),
            Standing.edited: env._("a quotation that staff have edited"),
            Standing.confirmed: env._("confirmed"),
            Standing.cancelled: env._("cancelled"),
        }
        where = standing[Standing(finding.ours)] if finding.ours else "-"
        if finding.code == codes.WON_AGAIN:
            return env._("It was reopened, and is won or activated again. In Odoo it is %(where)s.", where=where)
        return env._("It is no longer won or activated. In Odoo it is %(where)s.", where=where)
    if finding.code == codes.COMPANY:
        now, before = finding.remote, finding.ours
        return env._("Its route leads to %(now)s now. In Odoo it is an order of %(before)s.", now=now, before=before)
    label = field_label(env, finding.field, bool(finding.line))
    return env._(
        "%(field)s was %(before)s, and is %(now)s now.",
        field=label,
        before=finding.ours or env._("nothing"),
        now=finding.remote or env._("nothing"),
    )


def field_label(env: Environment, name: str, of_line: bool = False) -> str:
    """Return what people call a value of the order, or of one of its lines."""
    if of_line and name == "lines":
        return env._("The line")
    if of_line:
        inner = next((spec.label for spec in INCOMING_LINE_FIELDS if spec.name == name), name)
        return inner or name
    spec = INCOMING_ORDER.fields.get(name)
    found: str = field_labels.labels(env).get(name, spec.label if spec else name)
    return found
