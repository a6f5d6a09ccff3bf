"""The look-alikes that mislead a score: companies, and the record's own surroundings."""

import pytest

from retail_sync.domain.identity.blocking.memory_index import BlockingIndex
from retail_sync.domain.identity.decide.decision import decide
from retail_sync.domain.identity.score.default_model import DEFAULT_MODEL

from .given import ELSEWHERE, HOME, NO_COUNTS, company, decision, outcome, person

CHAIN = {"vat": "DE136695976", "website": "www.nordlicht.de", "email": "info@nordlicht.de", "phone": "+496912345678"}


def test_a_branch_is_proposed_and_never_linked():
    found = decision(company(9, "Nordlicht GmbH", **CHAIN, **ELSEWHERE), company(1, "Nordlicht GmbH", **CHAIN, **HOME))
    assert (found.kind, found.rule, found.suggestions) == ("review", "branch", (1,))


def test_each_branch_is_found_at_its_own_address():
    branches = [company(1, "Nordlicht GmbH", **CHAIN, **HOME), company(2, "Nordlicht Hamburg", **CHAIN, **ELSEWHERE)]
    assert outcome(company(9, "NORDLICHT Hamburg", **CHAIN, **ELSEWHERE), *branches) == 2
    assert outcome(company(9, "Nordlicht Gmbh", **CHAIN, **HOME), *branches) == 1


def test_a_company_without_a_name_is_no_other_one_than_its_copy():
    contacts = {"phone": "+496912345678", "email": "info@nordlicht.de", "city": "Frankfurt"}
    found = decision(company(9, "", **contacts), company(1, "", **contacts))
    assert (found.kind, found.rule, found.suggestions) == ("review", "name_doubt", (1,))
    assert outcome(company(9, "", phone="+494098765432", city="Hamburg"), company(1, "", **contacts)) == "create"


def test_a_franchisee_of_one_brand_with_nothing_else_in_common_is_new():
    first = company(1, "Backhaus Sand", **HOME, phone="+496912345678")
    assert outcome(company(9, "Backhaus Sand", **ELSEWHERE, phone="+494098765432"), first) == "create"


def test_another_tax_id_is_another_legal_entity():
    first = company(1, "Nordlicht GmbH", **HOME, vat="DE136695976", website="nordlicht.de")
    assert outcome(company(9, "Nordlicht GmbH", **HOME, vat="DE129273398", website="nordlicht.de"), first) == "create"


def test_another_legal_form_is_asked_about():
    shared = {**HOME, "website": "nordlicht.de", "phone": "+496912345678"}
    found = decision(company(9, "Nordlicht AG", **shared), company(1, "Nordlicht GmbH", **shared))
    assert (found.kind, found.rule) == ("review", "legal_form")


def test_spellings_of_a_legal_form_are_one():
    shared = {**HOME, "website": "nordlicht.de"}
    known = company(1, "Nordlicht Gesellschaft mit beschränkter Haftung", **shared)
    assert outcome(company(9, "Nordlicht G.m.b.H.", **shared), known) == 1


def test_two_restaurants_of_one_hotel_are_two():
    hotel = {**HOME, "phone": "+496912345678"}
    found = outcome(company(9, "Grand Hotel Café", **hotel), company(1, "Grand Hotel Weinstube", **hotel))
    assert found == "review"


def test_the_domain_of_a_mail_provider_ties_no_companies():
    first, second = company(1, "Sand Optik", email="sand@gmail.com"), company(9, "Moor Räder", email="moor@gmail.com")
    assert first.domain == second.domain == ""
    assert BlockingIndex([first]).candidates(second) == []


def test_a_person_and_a_company_of_one_name_are_asked_about():
    known = company(1, "Karl Albers", **HOME, email="karl.albers@gmx.de")
    assert outcome(person(9, "Karl", "Albers", **HOME, email="karl.albers@gmx.de"), known) == "review"


def test_of_two_duplicates_in_the_base_the_fuller_one_is_linked():
    thin = company(1, "Nordlicht GmbH", **HOME, website="nordlicht.de", vat="DE136695976")
    full = company(2, "Nordlicht GmbH", **HOME, website="nordlicht.de", vat="DE136695976", phone="+496912345678")
    found = decision(company(9, "Nordlicht GmbH", **HOME, vat="DE136695976"), thin, full)
    assert (found.kind, found.candidate_id, found.rule) == ("link", 2, "survivor")


def test_two_equally_good_customers_who_are_two_go_to_a_person():
    shared = {"mobile": "+491701234567"}
    first = person(1, "Maria", "Albers", **shared, birthdate="1950-02-03")
    second = person(2, "Maria", "Albers", **shared, birthdate="1985-07-09")
    found = decision(person(9, "Maria", "Albers", **shared), first, second)
    assert (found.kind, set(found.suggestions)) == ("review", {1, 2})


def test_a_record_is_never_its_own_account():
    account = company(1, "Nordlicht GmbH", **HOME, **CHAIN)
    assert outcome(company(9, "Nordlicht GmbH", **HOME, **CHAIN, parent=1), account) == "create"


def test_the_second_record_of_a_new_customer_meets_the_first_of_the_same_page():
    page = BlockingIndex()
    born = {**HOME, "birthdate": "1970-05-06"}
    page.add(person("a", "Ulrike", "Albers", **born))
    duplicate = person("b", "ULRIKE", "ALBERS", **born)
    assert outcome(duplicate, *page.candidates(duplicate)) == "a"


SITE = {**HOME, "phone": "+496912345678", "website": "nordlicht.de", "email": "info@nordlicht.de"}


@pytest.mark.parametrize(
    "longer", ["Nordlicht Logistik GmbH", "Nordlicht Hamburg GmbH", "Nordlicht Verwaltungs GmbH", "Nordlicht B GmbH"]
)
def test_a_subsidiary_with_its_parents_name_and_a_word_more_is_asked_about(longer):
    assert outcome(company(9, longer, **SITE), company(1, "Nordlicht GmbH", **SITE)) == "review"
    assert outcome(company(9, "Nordlicht GmbH", **SITE, vat="DE136695976"), company(1, longer, **SITE)) == "review"


def test_a_longer_name_with_the_same_tax_id_is_the_same_entity():
    shared = {**SITE, "vat": "DE136695976"}
    assert outcome(company(9, "Nordlicht Logistik", **shared), company(1, "Nordlicht", **shared)) == 1


def test_words_of_trade_and_place_are_left_out_by_other_sources():
    known = company(1, "Katsu", **HOME, phone="+496912345678")
    assert outcome(company(9, "Restaurant Katsu Frankfurt", **HOME, phone="+496912345678"), known) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Nordlicht GmbH", "Nordlicht GmbH & Co. KG"),
        ("Nordlicht UG", "Nordlicht UG & Co. KG"),
        ("Nordlicht GmbH & Co. KG", "Nordlicht KG"),
        ("Nordlicht SE", "Nordlicht SE & Co. KGaA"),
        ("Nordlicht sp. z o.o.", "Nordlicht sp. z o.o. sp. k."),
        ("Nordlicht S.r.l.", "Nordlicht S.p.A."),
    ],
)
def test_a_partnership_is_another_entity_than_its_partner(left, right):
    assert outcome(company(9, left, **SITE), company(1, right, **SITE)) == "review"
    assert outcome(company(9, right, **SITE), company(1, left, **SITE)) == "review"


@pytest.mark.parametrize(("left", "right"), [("Nordlicht SA/NV", "Nordlicht SA"), ("Nordlicht SA", "Nordlicht NV")])
def test_a_legal_form_in_two_languages_is_one(left, right):
    assert outcome(company(9, left, **SITE), company(1, right, **SITE)) == 1


def test_a_tax_id_that_the_law_prescribes_for_everybody_proves_nothing():
    known = company(
        1, "Ferreteria El Martillo", vat="XAXX010101000", street="Av Juarez 10", city="Puebla", country="MX"
    )
    coming = company(
        9, "Panaderia La Espiga", vat="XAXX010101000", street="Calle 5 Sur 22", city="Oaxaca", country="MX"
    )
    assert outcome(coming, known) == "create"


def test_a_tax_id_that_many_unlike_customers_carry_proves_nothing():
    habit = {"vat": "DE136695976"}
    names = ("Backhaus Sand", "Optik Moor", "Räder Fuchs", "Nordlicht Bau")
    known = [company(i, name, **habit, city=name[:4], street=f"Weg {i}") for i, name in enumerate(names, 1)]
    assert outcome(company(9, "Papier Colibri", **habit, **ELSEWHERE), *known) == "create"
    assert outcome(company(9, "Papier Colibri", **habit, **ELSEWHERE), *known[:2]) == "review"


def test_the_tax_id_of_a_chain_is_evidence_for_each_branch():
    branches = [
        company(i, f"Nordlicht {city}", **CHAIN, city=city) for i, city in enumerate(("Ulm", "Kiel", "Hof", "Bonn"), 1)
    ]
    assert outcome(company(9, "Nordlicht Trier", **CHAIN, city="Trier"), *branches) == "review"


@pytest.mark.parametrize("text", ["Familie Brandt", "Smith Household"])
def test_records_that_one_source_keeps_separate_are_two_customers_unless_evidence_is_strong(text):
    known = company(1, text, city="Kiel", zip="24103")
    coming = company(9, text, city="Ulm")
    assert decide(coming, [known], DEFAULT_MODEL, NO_COUNTS).kind != "create"
    found = decide(coming, [known], DEFAULT_MODEL, NO_COUNTS, separate={1})
    assert (found.kind, found.rule) == ("create", "separate_records")
    for strong in (HOME, {"phone": "+496912345678"}, {"email": "brandt@gmx.de"}, {"vat": "DE136695976"}):
        pair = company(9, text, **strong), company(1, text, **strong)
        assert decide(pair[0], [pair[1]], DEFAULT_MODEL, NO_COUNTS, separate={1}).kind != "create", strong
