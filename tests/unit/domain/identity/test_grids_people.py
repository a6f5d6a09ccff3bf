"""Grids of look-alikes: relatives with like first names, and the spellings of one customer."""

from itertools import combinations, product

import pytest

from retail_sync.domain.identity.decide.decision import CREATE, LINK, REVIEW

from .given import HOME, company, decision, person

# Everything that one household shares: address, mobile and a mailbox that looks like one person's.
SHARED = {**HOME, "mobile": "+491701234567", "email": "albers.privat@gmx.de"}
PERSONAL = {**HOME, "mobile": "+491701234567", "email": "karin.brandt@gmx.de"}

ALIKE = """
daniel daniela danielle daniele / tim tom timo timm / jan jana jane janne / julia julian juliane juliana julie /
martin martina marvin / stefan stefanie stefania steffen / christian christina christine christiane kristian / michael
michaela michel / andrea andreas andre andrej / paul paula paulina pauline / simon simone simona / nicola nicolas
nicole nikolas / gabriel gabriela gabriele gabriella / alexander alexandra alexa / robert roberta roberto / anna anne
anja hanna annika ann ana / maria marie mara marla marta mari mario marius / emil emilia emily emilie / lena lina lea
leah lene / lisa elisa lise elise elisabeth elsa / max maxim maxi maximiliane / luca lucas luka lukas lucia / eva evi
ava ewa / mia lia pia ria / karl karla carl carlo karlo / erik erika erica / karin katrin karina carina / ben ken len
/ jonas jona jonah / finn fynn linn / sara zara lara tara clara klara / marc marcel marcus marco mark / peter petra
pedro / johann johanna johannes / heinz hein / thomas tomas thea theo / frieda friedrich frederik / felix felicia
felicitas / oliver olivia / victor victoria viktoria / sophie sofie sofia sonja / kai kay kaya maya / rolf ralf ralph
rudolf / gerd gert gerda / wilma wilhelm wilhelmine / laura lauren laurin / dennis denise denis / pascal pascale /
rene renee renate / marion marian marianne mariana / silvia silvio silke / hannes hanne hans / bettina tina nina /
charlotte lotte carlotta / dora doris / uwe ute uta / louis louise luis luise luisa / vera verena veronika / malte
marte / nils nele nelly / ole olle ola / sven svea svenja / chris christa christel
"""
GROUPS = [group.split() for group in ALIKE.split("/")]
PAIRS = [pair for group in GROUPS for pair in combinations(group, 2)]
KINDS = {
    "all shared": SHARED,
    "address and landline": {**HOME, "phone": "+496912345678"},
    "mailbox alone": {"email": SHARED["email"]},
    "mailbox and mobile": {name: SHARED[name] for name in ("email", "mobile")},
    "mobile and address": {**HOME, "mobile": SHARED["mobile"]},
    "born on one day": {**HOME, "phone": "+496912345678", "birthdate": "1991-04-12"},
}
# Two forms that are one name in every family: a short form, or another spelling of the same sound.
ONE_NAME = {
    ("lucas", "lukas"),
    ("luca", "luka"),
    ("ralf", "ralph"),
    ("dennis", "denis"),
    ("sofie", "sophie"),
    ("finn", "fynn"),
}


def is_one_name(pair):
    return pair in ONE_NAME or pair[::-1] in ONE_NAME


@pytest.mark.parametrize("shared", KINDS.values(), ids=KINDS)
def test_no_relative_with_a_like_first_name_is_ever_linked(shared):
    linked = [
        (first, second)
        for first, second in (*PAIRS, *(pair[::-1] for pair in PAIRS))
        if not is_one_name((first, second))
        and decision(person(9, first.title(), "Albers", **shared), person(1, second.title(), "Albers", **shared)).kind
        == LINK
    ]
    assert linked == []


def test_both_of_a_couple_are_found_by_their_own_first_names():
    wrong = []
    for first, second in PAIRS:
        if is_one_name((first, second)):
            continue
        couple = person(1, first, "Albers", **SHARED), person(2, second, "Albers", **SHARED)
        for number, name in ((1, first), (2, second)):
            found = decision(person(9, name, "Albers", **SHARED), *couple)
            if not (found.suggestions and found.suggestions[0] == number) or found.candidate_id not in (None, number):
                wrong.append((first, second, name, found.kind, found.suggestions))
    assert wrong == []


@pytest.mark.parametrize(("first", "second"), [("Anna Maria", "Anna"), ("Anna Maria", "Maria"), ("Karl-Heinz", "Karl")])
def test_a_part_of_a_double_name_may_be_the_mother_or_the_son(first, second):
    assert decision(person(9, first, "Albers", **SHARED), person(1, second, "Albers", **SHARED)).kind == REVIEW


FIRST, LAST = "Karin", "Brandt"
SPELLINGS = [
    {"first_name": first, "last_name": last}
    for first, last in (
        *(
            (FIRST, LAST),
            ("KARIN", "BRANDT"),
            ("karin", "brandt"),
            ("Karn", LAST),
            ("Kairn", LAST),
            ("K.", LAST),
            ("", LAST),
        ),
        *((LAST, FIRST), ("Karin", "Brand"), ("Karin", "Brandt-Klein"), ("Karin", "Brandt geb. Klein"), ("Frau", LAST)),
        *(("Karin", "Brandt (alt)"), ("", "Brandt (alt)"), ("Familie", LAST), ("", "Familie Brandt"), ("Fam.", LAST)),
        *(
            ("", "Brandt geb. Klein"),
            ("", "Karin Brandt"),
            ("Karin", ""),
            ("", "karin.brandt@gmx.de"),
            ("Dr. Karin", LAST),
        ),
        *(("Karin M.", LAST), ("Karin Maria", LAST), ("Ka\u200brin", "Bra\u200bndt"), ("Karin\u00ad", "Brandt\u2060")),
        *(("Карин", "Брандт"), ("カリン", "ブラント"), ("卡琳", "勃兰特"), ("كارين", "براندت"), ("카린", "브란트")),
        *(("Katharina", LAST), ("karin.brandt@gmx.de", ""), ("Haushalt", LAST), ("Karin", "Brandt (doppelt)")),
    )
] + [
    {"name": name}
    for name in (
        *("Brandt", "Brandt (alt)", "Familie Brandt", "Brandt geb. Klein", "Brandt, Karin", "Karin Brandt (privat)"),
        *(
            "kb@gmx.de",
            "karin.brandt@gmx.de",
            "Frau Brandt",
            "Fam. Brandt",
            "Eheleute Brandt",
            "BRANDT KARIN",
            "Brandt neu",
        ),
        *(
            "Bra\u200bndt",
            "Karin\u200b Brandt",
            "Herr und Frau Brandt",
            "Brandt Household",
            "ブラント カリン",
            "Карин Брандт",
        ),
    )
]


def test_no_spelling_of_a_customer_makes_a_second_one_silently():
    created = []
    for known, coming in product(SPELLINGS, SPELLINGS):
        if "Katharina" in (known.get("first_name"), coming.get("first_name")):
            continue  # another first name, unless the other name says less
        found = decision(person(9, **{**PERSONAL, **coming}), person(1, **{**PERSONAL, **known}))
        if found.kind == CREATE:
            created.append((known, coming, found.rule))
    assert created == []


def test_a_household_that_one_source_keeps_as_a_company_is_asked_about():
    for name in (
        "Familie Brandt",
        "Brandt",
        "Brandt Household",
        "Karin Brandt",
        "kb@gmx.de",
        "Brandt (alt)",
        "卡琳 勃兰特",
    ):
        found = decision(company(9, name, **PERSONAL), person(1, FIRST, LAST, **PERSONAL))
        assert found.kind == REVIEW, name
    firm = decision(company(9, "Brandt Bau GmbH", **PERSONAL), person(1, FIRST, LAST, **PERSONAL))
    assert firm.kind == CREATE


def test_a_like_name_without_strong_evidence_stays_another_customer():
    assert decision(person(9, "", "Familie Brandt", city="Kiel"), person(1, "Karin", "Brandt", city="Ulm")).kind != LINK
