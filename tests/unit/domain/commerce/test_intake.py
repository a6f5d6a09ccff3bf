from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.commerce import intake, intake_changes, intake_findings
from retail_sync.domain.commerce.intake import Known, Line, Product, Rules
from retail_sync.domain.commerce.intake_changes import Standing
from retail_sync.domain.commerce.intake_findings import Accepted, Finding
from retail_sync.domain.commerce.intake_routing import RouteRule, first_match

TODAY = date(2026, 11, 30)
BIKE = Product(1, "BIKE", successor="", step=Decimal(1))
RULES = Rules(percent=Decimal(2), absolute=Decimal("0.10"))


def amount(value, currency="EUR"):
    return {"amount": value, "currency": currency}


def line(key="L1", sku="BIKE", quantity="2", price="100.00", **more):
    return {
        "key": key,
        "sku": sku,
        "quantity": {"quantity": quantity, "unit": None},
        "unit_price": amount(price),
    } | more


def tree(*lines, **more):
    lines = list(lines or [line()])
    return {
        "ready": True,
        "currency": "EUR",
        "total": amount("200.00"),
        "closed_on": "2026-11-29",
        "lines": lines,
    } | more


def known(**more):
    return Known(TODAY, **{"products": {"BIKE": (BIKE,)}, "prices": {"L1": Decimal(100)}, **more})


def codes(main, facts=None, rules=RULES):
    return [finding.code for finding in intake.check(main, facts or known(), rules)]


def test_a_sound_tree_passes():
    assert codes(tree()) == []


ALONE = {
    "blocked": (tree(), known(blocked=True), intake_findings.BLOCKED),
    "credit": (tree(), known(credit_hold=True), intake_findings.CREDIT_HOLD),
    "route": (tree(), known(out_of_reach="Other Ltd"), intake_findings.ROUTE),
    "no lines": (tree(total=None) | {"lines": None}, known(), intake_findings.NO_LINES),
    "no sku": (tree(line(sku="")), known(), intake_findings.SKU_MISSING),
    "unknown": (tree(line(sku="X")), known(), intake_findings.SKU_UNKNOWN),
    "twice": (tree(), known(products={"BIKE": (BIKE, Product(2, "BIKE"))}), intake_findings.SKU_AMBIGUOUS),
    "archived": (tree(), known(products={"BIKE": (Product(1, "BIKE", active=False),)}), intake_findings.SKU_ARCHIVED),
    "not sold": (tree(), known(products={"BIKE": (Product(1, "BIKE", sold=False),)}), intake_findings.SKU_NOT_SOLD),
    "no quantity": (tree(line(quantity="0"), total=amount("0")), known(), intake_findings.QUANTITY),
    "half a bike": (tree(line(quantity="2.5"), total=amount("250")), known(), intake_findings.QUANTITY),
    "price": (tree(line(price="90.00"), total=amount("180")), known(), intake_findings.PRICE),
    "tax": (tree(), known(untaxed=frozenset(["L1"])), intake_findings.TAX),
    "currency": (tree(), known(priced=False), intake_findings.CURRENCY),
    "total": (tree(total=amount("201.00")), known(), intake_findings.TOTAL),
    "address": (tree(), known(missing_address=("zip",)), intake_findings.ADDRESS),
    "date": (tree(closed_on="2026-12-24"), known(), intake_findings.DATE),
    "reference": (tree(), known(same_reference=("S00001",)), intake_findings.DUPLICATE),
}


@pytest.mark.parametrize("name", ALONE)
def test_each_check_fails_alone(name):
    main, facts, code = ALONE[name]
    assert codes(main, facts) == [code]


def test_all_failed_checks_are_listed_with_both_values():
    main = tree(line(price="90.00"), line("L2", "X"), total=amount("500.00"))
    found = intake.check(main, known(blocked=True), RULES)
    assert [entry.code for entry in found] == [
        intake_findings.BLOCKED,
        intake_findings.PRICE,
        intake_findings.SKU_UNKNOWN,
        intake_findings.TOTAL,
    ]
    assert (found[1].remote, found[1].ours) == ("90.00", "100.00")
    assert intake_findings.code_of(found) == intake_findings.SEVERAL
    assert intake_findings.code_of(found[:1]) == intake_findings.BLOCKED


def test_a_successor_that_a_person_chose_takes_the_place_of_the_sku():
    facts = known(products={"NEW": (Product(3, "NEW"),)}, successors={"L1": "NEW"}, prices={"L1": Decimal(100)})
    assert codes(tree(line(sku="OLD")), facts) == []


def test_an_accepted_price_counts_for_that_price_only():
    accepted = known(accepted=frozenset([Accepted(intake_findings.PRICE, "L1", "90.00")]))
    assert codes(tree(line(price="90.00"), total=amount("180")), accepted) == []
    assert codes(tree(line(price="80.00"), total=amount("160")), accepted) == [intake_findings.PRICE]


def test_the_discount_counts_in_the_price():
    main = tree(line(price="125.00", discount=20))
    assert codes(main) == []


def test_a_finding_survives_its_storage():
    finding = Finding(intake_findings.PRICE, "L1", "90.00", "100.00")
    assert Finding.of({**finding.to_json(), "later": "name"}) == finding


prices = st.decimals("0.01", "9999", places=2)


@given(prices, prices, st.decimals("0", "50", places=1), st.decimals("0", "5", places=2))
def test_the_wider_of_both_tolerances_counts(remote, ours, percent, absolute):
    inside = intake.within(remote, ours, percent, absolute)
    distance = abs(remote - ours)
    assert inside == (distance <= absolute or distance <= ours * percent / 100)
    assert intake.within(ours, ours, percent, absolute)


@given(st.lists(st.tuples(st.integers(1, 50), prices, st.integers(0, 90)), min_size=1, max_size=6))
def test_the_total_of_the_lines_is_the_total_of_the_tree(drawn):
    rows = [
        Line(str(number), "BIKE", "", Decimal(quantity), "", price, Decimal(discount), "EUR")
        for number, (quantity, price, discount) in enumerate(drawn)
    ]
    total = intake.exact_total(rows, 2)
    exact = sum(row.quantity * row.net for row in rows)
    assert abs(total - exact) <= Decimal("0.005") * len(rows)


BASE = tree()


@pytest.mark.parametrize("standing", list(Standing))
def test_a_tree_that_did_not_change_is_no_finding(standing):
    assert intake_changes.judge(BASE, tree(title="Another"), standing) == []


@pytest.mark.parametrize("name", ["brand", "region", "delivery_country"])
def test_what_decides_about_the_route_is_a_change(name):
    found = intake_changes.differences(tree(**{name: "IT"}), tree(**{name: "FR"}))
    assert [(entry.field, entry.ours, entry.remote) for entry in found] == [(name, "IT", "FR")]


def test_an_untouched_quotation_follows():
    assert intake_changes.judge(BASE, tree(line(quantity="3")), Standing.untouched) == []


def test_a_confirmed_order_shows_before_and_after():
    changed = tree(line(quantity="3"), line("L2"), total=amount("400.00"))
    found = intake_changes.judge(BASE, changed, Standing.confirmed)
    assert {entry.code for entry in found} == {intake_findings.CHANGED}
    assert [(entry.line, entry.field, entry.ours, entry.remote) for entry in found] == [
        ("", "total", "200.00 EUR", "400.00 EUR"),
        ("L1", "quantity", "2", "3"),
        ("L2", "lines", "", "2 x BIKE at 100.00 EUR"),
    ]
    assert {entry.code for entry in intake_changes.judge(BASE, changed, Standing.edited)} == {intake_findings.EDITED}


def test_a_removed_line_is_a_change():
    base = tree(line(), line("L2"))
    found = intake_changes.judge(base, tree(), Standing.confirmed)
    assert [(entry.line, entry.remote) for entry in found] == [("L2", "")]


@pytest.mark.parametrize("standing", [Standing.untouched, Standing.edited, Standing.confirmed])
def test_a_reopened_sale_is_for_a_person_whatever_stands_here(standing):
    (found,) = intake_changes.judge(BASE, tree(ready=False), standing)
    assert found.code == intake_findings.REOPENED


def test_a_reopened_sale_whose_order_is_cancelled_is_none():
    assert intake_changes.judge(BASE, tree(ready=False), Standing.cancelled) == []


@pytest.mark.parametrize("standing", list(Standing))
def test_a_sale_that_is_won_again_needs_a_person_where_its_order_was_cancelled(standing):
    found = intake_changes.judge(tree(ready=False), tree(), standing)
    cancelled = standing is Standing.cancelled
    assert [entry.code for entry in found] == ([intake_findings.WON_AGAIN] if cancelled else [])
    assert intake_changes.judge(tree(ready=False), tree(ready=False), standing) == []


def test_what_was_accepted_is_one_state():
    first, second = (intake_changes.judge(BASE, tree(line(quantity=n)), Standing.confirmed)[0] for n in "34")
    assert first.accepted_as() != second.accepted_as()


def test_the_first_rule_that_fits_counts():
    rules = [RouteRule(1, brand="Alpha", country="FR"), RouteRule(2, brand="alpha"), RouteRule(3)]
    assert first_match(rules, "ALPHA", "", "FR").id == 1
    assert first_match(rules, "Alpha", "south", "DE").id == 2
    assert first_match(rules, "", "", "").id == 3
    assert first_match(rules[:2], "Beta", "", "FR") is None
