"""May a sale that was made on a platform become an order? Checks of one tree against what Odoo knows, all at once.

Nothing here asks Odoo: `Known` holds what it knows. Each check adds a `Finding` with both values; an order with one
finding is not created, and one exception lists them all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from ..canonical.kind_decimal import fixed
from ..canonical.kinds import Amount, Quantity, parse
from .intake_findings import (
    ADDRESS,
    BLOCKED,
    CREDIT_HOLD,
    CURRENCY,
    DATE,
    DUPLICATE,
    NO_CUSTOMER,
    NO_LINES,
    PRICE,
    QUANTITY,
    ROUTE,
    SKU_AMBIGUOUS,
    SKU_ARCHIVED,
    SKU_MISSING,
    SKU_NOT_SOLD,
    SKU_UNKNOWN,
    TAX,
    TOTAL,
    UNIT,
    Accepted,
    Finding,
)

__all__ = ["Known", "Line", "Product", "Rules", "check", "choose", "exact_total", "lines_of", "within"]

_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Product:
    """A product that has the SKU of a line. ``step``: smallest quantity that its unit counts in."""

    id: int
    sku: str
    active: bool = True
    sold: bool = True
    successor: str = ""
    unit: str = ""
    step: Decimal = Decimal("0.01")
    goods: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the tree, as exact numbers. ``price``: before the discount, which is in percent."""

    key: str
    sku: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    discount: Decimal = Decimal(0)
    currency: str = ""

    @property
    def net(self) -> Decimal:
        """Return what one unit costs after the discount; 0 where no price was given."""
        return (self.price or Decimal(0)) * (_HUNDRED - self.discount) / _HUNDRED


@dataclass(frozen=True, slots=True)
class Rules:
    """How strict a connection is. Prices differ within ``percent`` of Odoo's or within ``absolute``, whichever is more.

    ``total``: by how much the total may differ. ``future_days``: how far ahead its date may be. ``taxed``: every line
    needs a tax. ``stops_credit_hold``: a credit hold stops the quotation too.
    """

    percent: Decimal = Decimal(0)
    absolute: Decimal = Decimal(0)
    total: Decimal = Decimal("0.05")
    future_days: int = 1
    taxed: bool = True
    stops_credit_hold: bool = True


@dataclass(frozen=True, slots=True)
class Known:
    """What Odoo knows of what a tree names.

    ``products``: {SKU: those that have it}. ``successors``: {line key: SKU that a person has put in place of its own}.
    ``prices``: {line key: Odoo's net price for this customer, pricelist and date}; a line without one is not compared.
    ``untaxed``: keys of lines without a tax. ``priced``: a pricelist, or the company, has the currency; ``currencies``:
    those that do. ``customer``: the order names one. ``missing_address``: names of the fields that the delivery address
    lacks. ``out_of_reach``: name of the company that a route names and that the connection does not serve.
    ``same_reference``: names of orders with the customer's reference. ``accepted``: what a person has accepted.
    """

    today: date
    products: Mapping[str, tuple[Product, ...]] = field(default_factory=dict)
    successors: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    untaxed: frozenset[str] = frozenset()
    priced: bool = True
    currencies: tuple[str, ...] = ()
    customer: bool = True
    blocked: bool = False
    credit_hold: bool = False
    missing_address: tuple[str, ...] = ()
    out_of_reach: str = ""
    same_reference: tuple[str, ...] = ()
    accepted: frozenset[Accepted] = frozenset()
    decimals: int = 2


def lines_of(main: Mapping[str, Any]) -> list[Line]:
    """Return the lines of a canonical tree."""
    found = []
    for line in main.get("lines") or ():
        price: Amount | None = parse(line.get("unit_price"), "amount")
        quantity: Quantity | None = parse(line.get("quantity"), "quantity")
        discount = line.get("discount")
        found.append(
            Line(
                str(line["key"]),
                (line.get("sku") or "").strip(),
                line.get("description") or "",
                quantity.value if quantity else None,
                (quantity.unit if quantity else None) or "",
                price.value if price else None,
                Decimal(str(discount)) if discount not in (None, "") else Decimal(0),
                price.currency if price else "",
            )
        )
    return found


def exact_total(lines: list[Line], decimals: int) -> Decimal:
    """Return the sum of the lines, each rounded as the currency is: what the platform's total should be."""
    return sum((Decimal(fixed((line.quantity or Decimal(0)) * line.net, decimals)) for line in lines), Decimal(0))


def within(remote: Decimal, ours: Decimal, percent: Decimal, absolute: Decimal) -> bool:
    """Return whether two prices differ no more than allowed."""
    return abs(remote - ours) <= max(absolute, abs(ours) * percent / _HUNDRED)


def choose(line: Line, known: Known) -> tuple[Product | None, Finding | None]:
    """Return the product of a line, or what is wrong with its SKU."""
    sku = known.successors.get(line.key) or line.sku
    if not sku:
        return None, Finding(SKU_MISSING, line.key, remote=line.description)
    having = known.products.get(sku, ())
    living = [product for product in having if product.active]
    if len(living) > 1:
        return None, Finding(SKU_AMBIGUOUS, line.key, remote=sku, ours=str(len(living)))
    if living:
        product = living[0]
        if product.sold:
            return product, None
        return None, Finding(SKU_NOT_SOLD, line.key, remote=sku, offer=product.successor)
    if having:
        offer = next((product.successor for product in having if product.successor), "")
        return None, Finding(SKU_ARCHIVED, line.key, remote=sku, offer=offer)
    return None, Finding(SKU_UNKNOWN, line.key, remote=sku)


def check(main: Mapping[str, Any], known: Known, rules: Rules) -> list[Finding]:
    """Return all that keeps a tree from becoming an order; none: it may."""
    found = (finding for step in _STEPS for finding in step(main, known, rules))
    return [finding for finding in found if finding.accepted_as() not in known.accepted]


def _customer(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    if not known.customer:
        yield Finding(NO_CUSTOMER)
    elif known.blocked:
        yield Finding(BLOCKED)
    elif known.credit_hold and rules.stops_credit_hold:
        yield Finding(CREDIT_HOLD)


def _route(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    if known.out_of_reach:
        yield Finding(ROUTE, ours=known.out_of_reach)


def _lines(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    lines = lines_of(main)
    if not lines:
        yield Finding(NO_LINES)
    for line in lines:
        product, finding = choose(line, known)
        if finding:
            yield finding
        yield from _quantity(line, product)
        if product is None:
            continue
        ours = known.prices.get(line.key)
        if line.price is None or (ours is not None and not within(line.net, ours, rules.percent, rules.absolute)):
            remote = "" if line.price is None else fixed(line.net, max(known.decimals, 2))
            yield Finding(PRICE, line.key, remote, "" if ours is None else fixed(ours, max(known.decimals, 2)))
        if rules.taxed and line.key in known.untaxed:
            yield Finding(TAX, line.key, ours=product.sku)


def _quantity(line: Line, product: Product | None) -> Iterator[Finding]:
    if line.quantity is None or line.quantity <= 0:
        yield Finding(QUANTITY, line.key, "" if line.quantity is None else fixed(line.quantity, None))
    elif product and product.step > 0 and line.quantity % product.step:
        yield Finding(QUANTITY, line.key, fixed(line.quantity, None), fixed(product.step, None))
    if product and line.unit and product.unit and line.unit.casefold() != product.unit.casefold():
        yield Finding(UNIT, line.key, line.unit, product.unit)


def _currency(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    currency = main.get("currency") or ""
    strangers = sorted({line.currency for line in lines_of(main) if line.currency} - {currency})
    if not known.priced or (currency and strangers):
        yield Finding(CURRENCY, remote=", ".join([currency, *strangers]), ours=", ".join(known.currencies))


def _total(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    total: Amount | None = parse(main.get("total"), "amount")
    lines = lines_of(main)
    if total is None or not lines:
        return
    ours = exact_total(lines, known.decimals)
    if abs(total.value - ours) > rules.total:
        yield Finding(TOTAL, remote=fixed(total.value, known.decimals), ours=fixed(ours, known.decimals))


def _address(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    if known.missing_address:
        yield Finding(ADDRESS, ours=", ".join(known.missing_address))


def _date(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    text = main.get("closed_on")
    latest = known.today + timedelta(days=rules.future_days)
    if text and date.fromisoformat(str(text)[:10]) > latest:
        yield Finding(DATE, remote=str(text)[:10], ours=latest.isoformat())


def _reference(main: Mapping[str, Any], known: Known, rules: Rules) -> Iterator[Finding]:
    if known.same_reference:
        yield Finding(DUPLICATE, ours=", ".join(known.same_reference))


_STEPS: tuple[Callable[[Mapping[str, Any], Known, Rules], Iterator[Finding]], ...] = (
    _customer,
    _route,
    _lines,
    _currency,
    _total,
    _address,
    _date,
    _reference,
)
