"""Grids of how clerks and cultures write one customer: with strong evidence alike, never a silent second one."""

from itertools import permutations

import pytest

from retail_sync.domain.identity.decide.decision import CREATE
from retail_sync.domain.identity.normalise.names import person_name
from retail_sync.domain.identity.normalise.registry_numbers import read_number, read_vat

from .given import HOME, decision, person

ALL = {**HOME, "mobile": "+491701234567", "email": "k.b@gmx.de"}
KEYS = {"all": ALL, "e-mail": {"email": "k.b@gmx.de"}, "house and landline": {**HOME, "phone": "+496912345678"}}

# One customer a line; "first;last", or a full name.
CUSTOMERS = {
    "abbreviated": "William;Smith|Wm.;Smith|Will;Smith|W.;Smith|William J.;Smith",
    "initial of the full name": "Bill;Smith|W.;Smith",
    "Mohammed": "Mohammed;Al-Hassan|Mohd;Al Hassan|Md.;Alhassan|Muhammad;El Hassan|M.;Al Hassan",
    "Maria": "Maria Fernanda;García López|Ma. Fernanda;Garcia Lopez|Mª Fernanda;García|María F.;García L.",
    "Korean order": "Min-ji;Kim|Kim Min-ji|Minji;Kim|Kim;Min Ji|Kim Minji",
    "Russian initials": "Anna;Petrova|Petrova A.I.|Петрова А. И.|Anna Ivanovna;Petrova|Petrova Anna",
    "Thai titles": "สมชาย;ใจดี|นายสมชาย;ใจดี|คุณสมชาย ใจดี",
    "Thai in Latin": "Somchai;Jaidee|Khun Somchai|Mr.Somchai;Jaidee",
    "Hungarian": "Ferenc;Nagy|Feri;Nagy|Nagy;Ferenc|Nagy Feri",
    "Polish": "Katarzyna;Nowak-Kowalska|Kowalska Kasia|Kasia;Kowalska",
    "Spanish": "Juan José;Ruiz|Juanjo;Ruiz|Juan J.;Ruiz",
    "Dutch": "Cornelis;de Vries|Kees;de Vries|C.;de Vries",
    "Swedish": "Lars;Berg|Lasse;Berg",
    "Turkish i": "Işıl;Yıldız|ISIL;YILDIZ|işil;yildiz|Isil;Yildiz",
    "Swiss double name": "Jürgen;Müller|Juergen;Mueller-Luedenscheidt|Jurgen;Muller",
    "née": "Liz;Brown|Elizabeth Brown (née Jones)|Elizabeth;Brown",
    "Japanese honorific": "Hanako;Yamada|Yamada-san|H.;Yamada",
    "title of nobility": "Karl;von Guttenberg|Karl;Frhr. v. Guttenberg|Freiherr von Guttenberg",
    "remarks": "Karin;Brandt|c/o Brandt|Brandt (2. Konto)|Fr;Brandt|Witwe Brandt|Wwe. Brandt|"
    "Brandt Lieferadresse|Praxis Brandt|Brandt Rechnung|Brandt Test|Oma Brandt|Signora Brandt|"
    "Mme Brandt|z.Hd. Brandt|Brandt storniert|Brandt verh. Klein|Mutti|Brandt shipping|"
    "Brandt moved|Brandt Neukunde|Señora Brandt|Rouva Brandt|Mevrouw Brandt",
}


def _person(record_id, text, shared):
    if ";" not in text:
        return person(record_id, name=text, **shared)
    first, last = text.split(";")
    return person(record_id, first, last, **shared)


@pytest.mark.parametrize("shared", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("customer", CUSTOMERS.values(), ids=CUSTOMERS)
def test_no_way_to_write_a_customer_makes_a_second_one_silently(customer, shared):
    created = [
        (known, coming)
        for known, coming in permutations(customer.split("|"), 2)
        if decision(_person(9, coming, shared), _person(1, known, shared)).kind == CREATE
    ]
    assert created == []


def test_initials_behind_a_last_name_are_the_first_names():
    for text in ("Petrova A.I.", "Petrova A. I."):
        found = person_name(text, "", "")
        assert (found.given, found.family) == ("a i", "petrova")
    assert person_name("Somchai J.", "", "").given == "somchai"


@pytest.mark.parametrize(
    ("number", "country"),
    [
        *(("22AAAAA0000A1Z5", "IN"), ("ABCDE1234F", "IN"), ("29ABCDE1234F1Z5", "IN"), ("AAA010101AAA", "MX")),
        *(("XXXX010101XXX", "MX"), ("123.456.789-09", "BR"), ("12.345.678/0001-95", "BR"), ("12345678-1-42", "HU")),
        *(("1010101010", ""), ("123123123", ""), ("12121212", ""), ("SE123456789001", "")),
    ],
)
def test_an_example_of_a_form_and_repeated_digits_are_no_number(number, country):
    assert (read_vat(number, country), read_number(number)) == ("", "")


@pytest.mark.parametrize("number", ["27AAPFU0939F1ZV", "GODE561231GR8", "11.222.333/0001-81", "1122334455", "12144216"])
def test_a_number_that_only_resembles_an_example_stays(number):
    assert read_number(number)
