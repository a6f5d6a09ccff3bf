"""The look-alikes that mislead a score: people."""

import pytest

from retail_sync.domain.identity.rules.obvious_differences import obviously_different
from retail_sync.domain.identity.score.model import Sharing

from .given import ELSEWHERE, HOME, decision, outcome, person

LANDLINE = "+496912345678"
SHARED = {**HOME, "phone": LANDLINE, "email": "familie.albers@gmx.de"}


def test_another_member_of_a_household_is_new_without_a_review():
    anna = person(1, "Anna", "Albers", **SHARED)
    assert outcome(person(9, "Jonas", "Albers", **SHARED), anna) == "create"


def test_a_member_of_a_household_is_found_by_the_first_name():
    family = [person(i, first, "Albers", **SHARED) for i, first in enumerate(("Anna", "Jonas", "Ulrike"), 1)]
    assert outcome(person(9, "Jonas", "Albers", **SHARED), *family) == 2


def test_an_initial_in_a_household_is_asked_about():
    assert outcome(person(9, "J.", "Albers", **SHARED), person(1, "Jonas", "Albers", **SHARED)) == "review"


@pytest.mark.parametrize("names", [("Andrea", "Albers"), ("Albers", "Andrea")], ids=["straight", "swapped"])
def test_a_twin_is_not_taken_for_a_slip_of_the_pen(names):
    born = {**HOME, "phone": LANDLINE, "birthdate": "1991-04-12"}
    assert outcome(person(9, *names, **born), person(1, "Andreo", "Albers", **born)) == "review"


@pytest.mark.parametrize("key", [{"email": "andreas.albers@gmx.de"}, {"mobile": "+491701234567"}])
def test_an_own_key_tells_a_slip_from_a_twin(key):
    born = {**HOME, "birthdate": "1991-04-12", **key}
    assert outcome(person(9, "Andraes", "Albers", **born), person(1, "Andreas", "Albers", **born)) == 1


def test_of_two_twins_the_one_of_that_name_is_found_also_in_swapped_order():
    born = {**HOME, "phone": LANDLINE, "birthdate": "1991-04-12"}
    twins = person(1, "Andreas", "Albers", **born), person(2, "Andrea", "Albers", **born)
    assert outcome(person(9, "Andrea", "Albers", **born), *twins) == 2
    assert outcome(person(9, "Albers", "Andreas", **born), *twins) == 1


def test_name_and_address_alone_may_be_father_and_son():
    found = decision(person(9, "Karl", "Albers", **HOME), person(1, "Karl", "Albers", **HOME))
    assert (found.kind, found.rule, found.suggestions) == ("review", "father_and_son", (1,))


def test_birth_dates_tell_father_and_son():
    father = person(1, "Karl", "Albers", **HOME, birthdate="1955-03-01")
    assert outcome(person(9, "Karl", "Albers", **HOME, birthdate="1988-07-19"), father) == "create"
    assert outcome(person(9, "Karl", "Albers", **HOME, birthdate="1955-03-01"), father) == 1


def test_a_wrong_digit_in_the_birth_date_is_a_slip_but_not_a_generation():
    known = person(1, "Karl", "Albers", **HOME, birthdate="1955-03-01", mobile="+491701234567")
    assert outcome(person(9, "Karl", "Albers", **HOME, birthdate="1955-03-07", mobile="+491701234567"), known) == 1
    assert outcome(person(9, "Karl", "Albers", **HOME, birthdate="1985-03-01"), known) == "create"


@pytest.mark.parametrize(("suffix", "other_suffix"), [("Jr.", "Sr."), ("III", "Jr."), ("II", "III")])
def test_generations_are_two_people_even_with_a_phone_in_common(suffix, other_suffix):
    shared = {**HOME, "mobile": "+491701234567"}
    son = person(9, "Karl", f"Albers {suffix}", **shared)
    assert outcome(son, person(1, "Karl", f"Albers {other_suffix}", **shared)) == "create"


def test_a_junior_is_not_silently_his_father():
    assert outcome(person(9, "Karl", "Albers Jr.", **SHARED), person(1, "Karl", "Albers", **SHARED)) == "review"


def test_a_homonym_with_other_contacts_and_address_is_new():
    known = person(1, "Maria", "Albers", **HOME, email="maria.albers@gmx.de", mobile="+491701234567")
    other = person(9, "Maria", "Albers", **ELSEWHERE, email="m.albers84@web.de", mobile="+491719999888")
    assert outcome(other, known) == "create"


def test_if_only_a_name_is_left_a_person_is_asked():
    assert outcome(person(9, "Maria", "Albers"), person(1, "Maria", "Albers", **HOME)) == "review"


def test_role_mailbox_and_switchboard_do_not_make_colleagues_one():
    office = {**HOME, "company": "Nordlicht GmbH", "email": "info@nordlicht.de", "phone": LANDLINE}
    staff = person(1, "Ulrike", "Albers", **office), person(2, "Jonas", "Behrens", **office)
    assert outcome(person(9, "Petra", "Clausen", **office), *staff) == "create"
    assert outcome(person(9, "Jonas", "Behrens", **office), *staff) == 2


def test_addresses_of_a_marketplace_speak_neither_for_nor_against():
    known = {"email": "8f3k2@marketplace.amazon.de"}
    other = {"email": "qq71x@marketplace.amazon.de"}
    born = {**HOME, "birthdate": "1970-05-06"}
    assert outcome(person(9, "Ulrike", "Albers", **born, **other), person(1, "Ulrike", "Albers", **born, **known)) == 1
    same = decision(person(9, "Ulrike", "Albers", **known), person(1, "Ulrike", "Clausen", **known))
    assert same.kind == "create"
    assert "email" not in {part.field for part in same.waterfalls[0].parts}


def test_similar_local_parts_are_no_second_witness():
    known = person(1, "John", "Smith", **HOME, email="john.smith@gmail.com")
    found = decision(person(9, "John", "Smith", **ELSEWHERE, email="john.smith12@gmail.com"), known)
    assert found.kind != "link"
    assert [part.weight for part in found.waterfalls[0].parts if part.field == "email"][0] < 150


def test_a_number_handed_on_to_another_person_makes_no_link():
    known = person(1, "Ulrike", "Albers", **HOME, mobile="+491701234567", email="ulrike.albers@gmx.de")
    assert outcome(person(9, "Jonas", "Behrens", **ELSEWHERE, mobile="+491701234567"), known) == "create"


def test_an_e_mail_that_two_people_use_is_no_personal_key():
    shared = {**HOME, "email": "albers.sand@gmx.de"}
    couple = person(1, "Ulrike", "Albers", **shared), person(2, "Jonas", "Albers", **shared)
    found = decision(person(9, "Ulrke", "Albers", **shared), *couple)
    assert (found.kind, found.suggestions[0]) == ("review", 1)


def test_who_moved_is_known_by_an_own_key():
    known = person(1, "Ulrike", "Albers", **HOME, email="ulrike.albers@gmx.de")
    assert outcome(person(9, "Ulrike", "Albers", **ELSEWHERE, email="ULRIKE.ALBERS@gmx.de"), known) == 1


def test_a_new_last_name_with_personal_keys_is_asked_about():
    known = person(1, "Ulrike", "Albers", **HOME, email="ulrike.a@gmx.de", birthdate="1980-02-11")
    found = decision(person(9, "Ulrike", "Sand", **HOME, email="ulrike.a@gmx.de", birthdate="1980-02-11"), known)
    assert (found.kind, found.suggestions) == ("review", (1,))


def test_a_couple_that_shares_mailbox_and_mobile_is_two_people():
    shared = {**HOME, "email": "albers.sand@gmx.de", "mobile": "+491701234567"}
    assert outcome(person(9, "Jonas", "Albers", **shared), person(1, "Ulrike", "Albers", **shared)) == "create"


def test_a_wrong_initial_with_all_personal_keys_is_asked_about():
    shared = {**HOME, "email": "ulrike.albers@gmx.de", "mobile": "+491701234567", "birthdate": "1980-02-11"}
    assert outcome(person(9, "I.", "Albers", **shared), person(1, "Ulrike", "Albers", **shared)) == "review"


def test_both_parts_must_agree_in_swapped_order():
    known = person(1, "Martin", "Albers", **SHARED)
    assert outcome(person(9, "Albers", "Martin", **SHARED), known) == 1
    assert outcome(person(9, "Albers", "Ulrike", **SHARED), known) == "create"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Jürgen", "Müller"), ("Juergen", "Mueller")),
        (("Jürgen", "Müller"), ("Jurgen", "Muller")),
        (("Łukasz", "Groß"), ("Lukasz", "Gross")),
        (("Søren", "Bjørn"), ("Soren", "Bjorn")),
        (("Юлия", "Шевченко"), ("Yuliya", "Shevchenko")),
        (("Юлия", "Шевченко"), ("Julia", "Shevchenko")),
        (("Γιώργος", "Παπαδόπουλος"), ("Giorgos", "Papadopoulos")),
    ],
)
def test_spellings_of_one_name_are_one(left, right):
    born = {**HOME, "birthdate": "1970-05-06"}
    assert outcome(person(9, *left, **born), person(1, *right, **born)) == 1


def test_a_nickname_is_the_name_and_an_ambiguous_one_is_asked_about():
    born = {**HOME, "phone": LANDLINE, "birthdate": "1970-05-06"}
    assert outcome(person(9, "Bill", "Albers", **born), person(1, "William", "Albers", **born)) == 1
    assert outcome(person(9, "Chris", "Albers", **born), person(1, "Christopher", "Albers", **born)) == "review"


def test_placeholders_are_missing_and_missing_is_no_disagreement():
    none = {"email": "test@test.com", "phone": "000000000", "birthdate": "1900-01-01", "street": "n/a", "zip": "00000"}
    known = person(1, "Ulrike", "Albers", **none)
    assert (known.emails, known.phones, known.birthdate, known.street.text, known.zip) == ((), (), "", "", "")
    assert outcome(person(9, "Ulrike", "Albers", **none), known) == "review"


def test_a_contact_of_another_account_is_asked_about():
    here = {**SHARED, "birthdate": "1980-02-11", "email": ""}
    known = person(1, "Ulrike", "Albers", **here, parent=50)
    assert outcome(person(9, "Ulrike", "Albers", **here, parent=51), known) == "review"
    assert outcome(person(9, "Ulrike", "Albers", **here), known) == 1  # its account is not here yet


def test_a_neighbour_of_another_name_is_another_at_a_glance_in_any_script():
    coming = person(9, "Anna", "Brandt", **HOME)
    for first, last in (("Олена", "Шевченко"), ("Olena", "Schewtschenko")):
        assert obviously_different(coming, person(1, first, last, **HOME), Sharing()), (first, last)
        for strong in ({"phone": "+496912345678"}, {"email": "brandt@gmx.de"}, {"national_id": "65929970489"}):
            sides = person(9, "Anna", "Brandt", **strong), person(1, first, last, **strong)
            other_script = not first.isascii()
            assert (obviously_different(*sides, Sharing()) is None) == other_script, (first, last, strong)
