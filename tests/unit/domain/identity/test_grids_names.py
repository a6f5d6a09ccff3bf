"""Grids of what people write into the fields of a name, and of cognates over languages."""

import pytest

from retail_sync.domain.identity.decide.decision import CREATE, LINK, REVIEW

from .given import HOME, company, decision, person

ALL = {**HOME, "mobile": "+491701234567", "email": "k.b@gmx.de"}
KEYS = {"all": ALL, "e-mail": {"email": "k.b@gmx.de"}, "mobile": {"mobile": "+491701234567"}}

COGNATES = """
Anna/Anne Hans/Johann José/Joseph Giovanni/John Ivan/Jan Ivan/John Sean/John Yusuf/Joseph Youssef/Yusuf Mehmet/Mohammed
Volodymyr/Vladimir Mykola/Nikolai Pedro/Peter Juan/John Omar/Umar Ahmed/Achmed Hussein/Hussain Malgorzata/Margaret
Aleksandr/Oleksandr Deepak/Dipak Salim/Saleem Jose/Josue Ryo/Rio Mia/Mya Lia/Lya Hassan/Hussain Amin/Amina
"""


@pytest.mark.parametrize("pair", COGNATES.split())
def test_a_name_in_another_language_is_neither_linked_nor_created_where_all_is_shared(pair):
    left, right = pair.split("/")
    assert decision(person(9, left, "Albers", **ALL), person(1, right, "Albers", **ALL)).kind == REVIEW


@pytest.mark.parametrize("pair", ["Mohamed/Mohammed", "Yulia/Julia", "Sergey/Sergei", "Hassan/Hasan", "Marta/Martha"])
def test_another_romanisation_of_one_name_is_the_same_person(pair):
    left, right = pair.split("/")
    assert decision(person(9, left, "Albers", **ALL), person(1, right, "Albers", **ALL)).kind == LINK


@pytest.mark.parametrize(
    ("left", "right"),
    [
        *(("Brandt (Vater)", "Brandt (Sohn)"), ("Brandt (Mutter)", "Brandt (Tochter)"), ("Brandt ml.", "Brandt st.")),
        *(("Brandt d. J.", "Brandt d. Ä."), ("Brandt ifj.", "Brandt id."), ("Brandt hija", "Brandt madre")),
        *(("Brandt II", "Brandt III"), ("Brandt Jr.", "Brandt Sr."), ("Brandt neto", "Brandt filho")),
    ],
)
def test_two_generations_are_two_people(left, right):
    assert decision(person(9, "Kim", left, **ALL), person(1, "Kim", right, **ALL)).kind == CREATE


@pytest.mark.parametrize(
    ("left", "right"),
    [
        *(("Brandt 1", "Brandt 2"), ("Brandt I", "Brandt II"), ("Brandt A", "Brandt B"), ("Brandt V", "Brandt IV")),
        *(("Brandt Jr.", "Brandt"), ("Brandt (Sohn)", "Brandt"), ("Brandt 2", "Brandt"), ("Brandt Erben", "Brandt")),
    ],
)
def test_what_tells_two_people_of_one_name_is_asked_about(left, right):
    for sides in ((left, right), (right, left)):
        found = decision(person(9, "Karl", sides[0], **ALL), person(1, "Karl", sides[1], **ALL))
        assert (found.kind, found.rule) == ("review", "generation_doubt")


def test_a_leading_junior_is_a_generation():
    for first in ("ifj. Karl", "Jr. Karl", "Karl jun."):
        assert person(1, first, "Brandt").person.suffix == "jr"
    assert decision(person(9, "ifj. Karl", "Brandt", **ALL), person(1, "id. Karl", "Brandt", **ALL)).kind == CREATE
    # An academic degree is none, however it is spaced.
    assert person(1, "Karl", "Brandt Ph.D.").person.suffix == ""


@pytest.mark.parametrize("first", ["K.M.", "K. M.", "KM", "K.M"])
def test_initials_in_one_word_are_initials(first):
    assert person(1, first, "Brandt").person.given == "k m"
    assert decision(person(9, first, "Brandt", **ALL), person(1, "Karin Maria", "Brandt", **ALL)).kind == REVIEW


def test_initials_of_both_names_link_nobody():
    for first, last in (("K.", "B."), ("K", "-")):
        assert decision(person(9, first, last, **ALL), person(1, "Karin", "Brandt", **ALL)).kind == REVIEW


NO_NAMES = (
    *("kb", "K.B.", "kb1975", "kbrandt", "karlbrandt", "brandtkarl", "+491701234567", "4711", "www.kbrandt.de"),
    *(
        "https://kbrandt.de/",
        "DHL Packstation 123",
        "Familie",
        "Kunde 4711",
        "Frau",
        "k.b@gmx.de",
        "karl.brandt (at) gmx.de",
        *("kb(at)gmx.de", "kb[at]gmx.de", "kb at gmx dot de", "kb at gmx.de", "kb＠gmx.de", "e-mail: kb@gmx.de"),
        *("mail kb@gmx.de", "facebook.com/karl", "N.N.", "N. N.", "nn", "xyz", "noname", "Webshop", "eBay Kunde"),
        *("Sehr geehrte Damen und Herren", "Amazon"),
    ),
)


@pytest.mark.parametrize("shared", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_never_a_second_customer_where_an_own_key_agrees(name, shared):
    known = person(1, "Karl", "Brandt", **shared)
    for values in ({"last_name": name}, {"name": name}, {"first_name": name}, {"first_name": name, "last_name": name}):
        assert decision(person(9, **shared, **values), known).kind == REVIEW, values


def test_an_address_typed_as_a_name_is_no_name():
    for shared in (ALL, {**HOME, "phone": "+496912345678"}):
        known = person(1, "Karl", "Brandt", **shared)
        for name in ("Rosenweg 7", "Rosenweg 7 Brandt"):
            assert decision(person(9, "", name, **shared), known).kind == REVIEW, name
            assert decision(known, person(9, name=name, **shared)).kind == REVIEW, name


def test_a_country_in_brackets_is_no_address():
    assert company(1, "Nordlicht (AT) Vertriebs GmbH").organisation.core == "nordlicht at vertriebs"
    assert person(1, "Maria", "Atkins").person.family == "atkins"
    assert person(1, "Ann at", "Home").person.given == "ann at"


@pytest.mark.parametrize(
    "pair",
    [
        "Anna Prova Ruvalase/Anna Prova Ruvanape",
        "Maria Schmidt/Maria Schmitz",
        "Anna Maria Contini/Anna Maria Contardi",
        "Karin Brandtner/Karin Brandauer",
    ],
)
def test_strangers_of_one_first_name_in_names_of_one_field_are_new(pair):
    """Seen: each was read with the last name in front, so that like last names were like first names of one family."""
    left, right = (
        person(number, name=name, email=email)
        for number, name, email in zip(
            (9, 1), pair.split("/"), ("k.sund@nordlicht-bau.de", "wald77@gmx.de"), strict=True
        )
    )
    assert decision(left, right).kind == CREATE
