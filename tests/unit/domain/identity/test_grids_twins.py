"""Grids of brothers, sisters and couples whose names nearly sound alike: no evidence of a household makes them one."""

import pytest

from retail_sync.domain.identity.decide.decision import CREATE, LINK, REVIEW

from .given import HOME, decision, person

ALL = {**HOME, "mobile": "+491701234567", "email": "albers.privat@gmx.de"}
LANDLINE = {**HOME, "phone": "+496912345678"}
BORN = {"birthdate": "1991-04-12"}

TWINS = """
Daniel/Daniela Tim/Tom Jan/Jana Anna/Anne Maria/Marie Hanna/Hannah Lina/Lena Mia/Lia Emil/Emilia Ben/Len Julia/Julian
Paul/Paula Andrea/Andreas Simon/Simone Lea/Leah Leon/Leonie Lukas/Luca Karim/Karima Emre/Emma Nina/Nino Sara/Zara
"""
LIKE = """
Kristin/Kristinn Andre/Andree Honore/Honoree Gabriele/Gabrielle Emanuele/Emmanuelle Raffaele/Raffaelle Daren/Dareen
Adrien/Adrienn Julian/Juliann Mariann/Marijan Michio/Michiyo Fumio/Fumiyo Takeo/Taeko Silvije/Silvie Joona/Jonna
Elli/Eeli Mario/Marjo Maria/Marja Miika/Miikka Ahmed/Hamed Ahmad/Hamad Akram/Karam Imran/Miran Asmir/Samir Amira/Maira
Yasin/Aysin Aylin/Yalin Armin/Ramin Orlando/Rolando Elena/Leena Ilana/Liana Kirsten/Kristen Birgitte/Brigitte
Meike/Mieke Elaine/Eliane Admir/Damir Carly/Charly Chiara/Ciara Saima/Shaima Sabir/Shabir Robin/Robyn Ivan/Vanya
Peter/Petya Laura/Lauri George/Georgie Nic/Nicole Michi/Michaela Betty/Liz Maggie/Peggy Katie/Kitty
"""
SECOND_NAMES = """
Muhammad Ali/Mohammad Asif|Mohamed Amine/Mohammed Yassine|Mohammed/Muhammad Ali|Bill Thomas/William John
Bob Lee/Robert Ray|José Luis/Pepe Juan|Katie Ann/Kate Louise|Mohd Rahim/Mohammed Karim
"""


def _both_ways(left, right, last, shared):
    return [
        decision(person(9, first, last, **shared), person(1, other, last, **shared)).kind
        for first, other in ((left, right), (right, left))
    ]


@pytest.mark.parametrize("pair", TWINS.split())
@pytest.mark.parametrize(
    "shared", [{"email": ALL["email"]}, {"mobile": ALL["mobile"]}, ALL], ids=["mail", "mobile", "all"]
)
def test_twins_who_share_their_parents_mailbox_or_mobile_are_never_linked(pair, shared):
    assert LINK not in _both_ways(*pair.split("/"), "Albers", {**shared, **BORN})


@pytest.mark.parametrize(("first", "slip"), [("Torsten", "Torsen"), ("Guiomar", "Guioar"), ("Xavier", "Xsvier")])
def test_a_slip_is_still_one_person_where_birth_date_and_an_own_key_agree(first, slip):
    assert _both_ways(first, slip, "Albers", {"mobile": ALL["mobile"], **BORN}) == [LINK, LINK]


@pytest.mark.parametrize("shared", [ALL, LANDLINE], ids=["all shared", "landline"])
@pytest.mark.parametrize("pair", LIKE.split())
def test_two_names_of_like_sound_or_letters_are_never_linked(pair, shared):
    assert LINK not in _both_ways(*pair.split("/"), "Albers", shared)


@pytest.mark.parametrize("shared", [ALL, LANDLINE], ids=["all shared", "landline"])
@pytest.mark.parametrize("pair", SECOND_NAMES.strip().replace("\n", "|").split("|"))
def test_a_first_name_in_two_spellings_before_unlike_second_names_is_no_link(pair, shared):
    assert LINK not in _both_ways(*pair.split("/"), "Khan", shared)


@pytest.mark.parametrize("pair", ["Bob/Rob", "Bill/Will", "Tom/Thom", "Jim/Jimmy", "Mick/Mike", "Bill J./William J."])
def test_short_forms_that_sound_alike_are_still_one_person(pair):
    assert _both_ways(*pair.split("/"), "Albers", ALL) == [LINK, LINK]


@pytest.mark.parametrize("pair", ["Michael/Michaeel", "Florin/lForin", "Cecile/Cecille", "Bondarivskiy/Obndarivskiy"])
def test_a_slip_in_the_end_or_the_start_of_a_name_is_still_one_person(pair):
    assert _both_ways(*pair.split("/"), "Albers", ALL) == [LINK, LINK]


@pytest.mark.parametrize("last", ["Ahn", "Noh", "Maeng", "Myung", "Byeon", "Giang", "Ding", "Zzyzx"])
@pytest.mark.parametrize("pair", ["Seo-yun/Seo-jun", "Seoyoon/Seojoon"])
def test_families_of_east_asia_keep_each_letter(last, pair):
    assert LINK not in _both_ways(*pair.split("/"), last, ALL)


def test_the_dutch_van_is_no_vietnamese_family_name():
    for last in ("van Dijk", "van den Berg", "Le Goff", "do Carmo"):
        assert _both_ways("Thom", "Tom", last, ALL) == [LINK, LINK], last
    assert LINK not in _both_ways("Minh", "Mình", "Van", ALL)


MAILBOXES = "moin bestellservice kundencenter chef reklamation dispo zentrallager satis buh.otdel fakture.odjel"


@pytest.mark.parametrize("local", MAILBOXES.split())
def test_a_companys_mailbox_without_a_persons_name_is_nobodys_own(local):
    box = {"email": f"{local}@nordlicht-bau.de"}
    elsewhere = {"street": "Hafenstraße 112", "zip": "20457", "city": "Hamburg", "country": "DE"}
    known = person(1, "Maria", "Albers", **HOME, **box)
    assert decision(person(9, "Maria", "Albers", **elsewhere, **box), known).kind != LINK
    assert decision(person(9, "M.", "Albers", **HOME, **box), known).kind != LINK


def test_a_mailbox_that_may_be_a_function_is_never_a_second_customer_silently():
    box = {"email": "ninja@nordlicht-bau.de"}
    known = person(1, "Maria", "Albers", **HOME, **box)
    for first, last in (
        ("Maria", "Sand"),
        ("", "Albers (alt)"),
        ("", "ninja@nordlicht-bau.de"),
        ("マリア", "アルバース"),
    ):
        assert decision(person(9, first, last, **box), known).kind == REVIEW, last


@pytest.mark.parametrize("local", ["maria", "m.albers", "ma", "malbers2", "mitzi", "alb"])
def test_a_companys_mailbox_with_a_persons_name_is_their_own(local):
    box = {"email": f"{local}@nordlicht-bau.de"}
    known = person(1, "Maria", "Albers", **HOME, **box)
    assert decision(person(9, "Maria", "Albers", **box), known).kind == LINK


@pytest.mark.parametrize("pair", ["Klaus/Petra", "Ahmad/Samira", "Wei/Fang", "Min-ji/Dong-hyun"])
def test_another_member_of_the_house_stays_new_without_a_review(pair):
    assert _both_ways(*pair.split("/"), "Albers", ALL) == [CREATE, CREATE]


@pytest.mark.parametrize("pair", ["Petrov/Petrova", "Novák/Nováková", "Kowalski/Kowalska", "Papadopoulos/Papadopoulou"])
def test_husband_and_wife_of_one_short_name_are_never_linked(pair):
    left, right = pair.split("/")
    assert decision(person(9, "Alex", left, **ALL), person(1, "Alex", right, **ALL)).kind != LINK
    # Whose first name tells is one person with a last name in two forms.
    assert decision(person(9, "Anna", left, **ALL), person(1, "Anna", right, **ALL)).kind != CREATE


@pytest.mark.parametrize("pair", ["Daniel/Daniela", "Tim/Tom", "Anna/Anne", "Wei/Wen"])
def test_the_tax_id_of_a_business_makes_no_couple_one(pair):
    last = "Wang" if pair == "Wei/Wen" else "Albers"
    assert LINK not in _both_ways(*pair.split("/"), last, {**ALL, "vat": "DE136695976"})
    assert _both_ways("Torsten", "Torsen", "Albers", {**ALL, "vat": "DE136695976"}) == [LINK, LINK]
