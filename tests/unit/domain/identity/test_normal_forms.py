"""Names, contacts, addresses, dates and numbers in normal forms."""

import pytest

from retail_sync.domain.identity.blocking.blocking_keys import blocking_keys
from retail_sync.domain.identity.blocking.memory_index import BlockingIndex
from retail_sync.domain.identity.compare.field_levels import street_level
from retail_sync.domain.identity.compare.name_levels import family_level, given_level
from retail_sync.domain.identity.normalise.addresses import read_street, read_zip
from retail_sync.domain.identity.normalise.contacts import read_domain, read_email, read_phone
from retail_sync.domain.identity.normalise.dates import are_close, read_date
from retail_sync.domain.identity.normalise.names import organisation_name, person_name
from retail_sync.domain.identity.normalise.record import read_record
from retail_sync.domain.identity.normalise.registry_numbers import read_number, read_vat
from retail_sync.domain.identity.normalise.scripts import plain, skeleton

from .given import company, person


@pytest.mark.parametrize(
    ("name", "given", "family", "suffix"),
    [
        ("Dr. Ulrike von Sand", "ulrike", "von sand", ""),
        ("Sand, Ulrike", "ulrike", "sand", ""),
        ("Karl Albers Jr.", "karl", "albers", "jr"),
        ("Karl Albers III", "karl", "albers", "3"),
        ("Sr. Juan García", "juan", "garcia", ""),
        ("João da Silva Filho", "joao", "da silva", "jr"),
        ("Karl Albers, PhD", "karl", "albers", ""),
        ("Madonna", "", "madonna", ""),
        ("n/a", "", "", ""),
    ],
)
def test_a_full_name_is_split(name, given, family, suffix):
    found = person_name(name, "", "")
    assert (found.given, found.family, found.suffix) == (given, family, suffix)


def test_one_letter_of_another_alphabet_is_an_initial():
    assert given_level(person_name("", "Ю.", "Шевченко").given, "yuliya") == "initial"


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("ulrike", "ulrike", "exact"),
        ("jean luc", "jeanluc", "exact"),
        ("bill", "william", "variant"),
        ("bob", "rob", "variant"),
        ("alexander", "alexandra", "similar"),
        ("andreas", "andrea", "close"),
        ("chris", "christopher", "initial"),
        ("liz", "elizabeth", "variant"),
        ("u", "ulrike", "initial"),
        ("j", "ulrike", "different"),
        ("anna maria", "maria", "part"),
        ("ulirke", "ulrike", "variant"),
        ("ullrrike", "ulrike", "variant"),
        ("ulroke", "ulrike", "close"),
        ("darnel", "darnle", "close"),
        ("rcik", "richard", "similar"),
        ("jonas", "ulrike", "different"),
        ("", "ulrike", "missing"),
    ],
)
def test_levels_of_first_names(left, right, level):
    assert given_level(left, right) == given_level(right, left) == level


def test_levels_of_last_names():
    assert family_level("van roijen", "roijen", "roijen", "roijen") == "variant"
    assert family_level("mueller", "muller", "mueller", "muller") == "variant"
    assert family_level("garcia lopez", "garcia", "garcialopez", "garcia") == "part"
    assert family_level("albers", "sand", "albers", "sand") == "different"


@pytest.mark.parametrize(
    ("name", "core", "forms"),
    [
        ("Nordlicht G.m.b.H. & Co. KG", "nordlicht", {"gmbh", "kg"}),
        ("Foods Sp. z o.o.", "foods", {"spzoo"}),
        ("Acme, Inc.", "acme", {"inc"}),
        ("Acme Corporation", "acme", {"inc"}),
        ("The Acme Company Ltd", "acme", {"ltd"}),
        ("Société Générale S.A.", "societe generale", {"sa"}),
        ("AG Insurance", "ag insurance", set()),
        ("unknown", "", set()),
    ],
)
def test_a_company_s_name_is_separated_from_its_legal_form(name, core, forms):
    found = organisation_name(name)
    assert (found.core, found.forms) == (core, forms)


def test_scripts_and_romanisations_meet():
    assert plain("Щербаков") == "shcherbakov"
    assert plain("Παπαδόπουλος") == "papadopoulos"
    assert skeleton("mueller") == skeleton("muller")
    assert skeleton(plain("Юлия")) == skeleton("julia") or given_level(plain("Юлия"), "julia") in ("close", "similar")


@pytest.mark.parametrize(
    ("text", "address", "kind"),
    [
        ("John.Smith+shop@GoogleMail.com", "johnsmith@gmail.com", "own"),
        ("J.Smith+1@firma.de", "j.smith@firma.de", "own"),
        ("INFO@firma.de", "info@firma.de", "role"),
        ("familie.sand@gmx.de", "familie.sand@gmx.de", "family"),
    ],
)
def test_e_mail_addresses_have_one_spelling_and_a_kind(text, address, kind):
    found = read_email(text)
    assert (found.address, found.kind) == (address, kind)


@pytest.mark.parametrize(
    "text", ["", "n/a", "test@test.com", "no-reply@firma.de", "x9@marketplace.amazon.fr", "q@relay.shop.com", "a@b"]
)
def test_no_evidence_is_no_address(text):
    assert read_email(text) is None


def test_free_mail_is_no_customer_s_domain():
    assert read_email("sand@gmx.de").free
    assert not read_email("sand@nordlicht.de").free
    assert read_domain("https://www.shop.nordlicht.co.uk/de?x=1") == "nordlicht.co.uk"
    assert read_domain("gmail.com") == read_domain("none") == ""


def test_a_phone_needs_its_country():
    assert read_phone("069 12345678", "DE").number == "+496912345678"
    assert read_phone("+49 69 12345678").tail == read_phone("069/12345678", "DE").tail == "912345678"
    assert read_phone("0049 69 12345678", "FR").number == "+496912345678"
    assert read_phone("0055 31 3863-0555", "BR").number == "+553138630555"
    assert read_phone("000-0000") is read_phone("1234567890") is read_phone("n/a") is None


def test_streets_are_compared_by_words_and_numbers():
    def level(left, right):
        return street_level(read_street(left), read_street(right))

    assert level("12 Main Street Apt. 4", "12 Main St. #4") == "exact"
    assert level("Rosenstraße 7", "Rosenstr. 7") == "exact"
    assert level("12 Main Street Apt. 4", "12 Main St") == "part"
    assert level("12 Main Street", "15 Main Street") == "similar"
    assert level("Rosenewg 7", "Rosenweg 7") == "close"
    assert level("854 Seventh Ave.", "854 7th Ave. between 54th and 55th Sts.") == "exact"
    assert level("Rosenweg 7", "Hafenstraße 112") == "different"
    assert level("Rosenweg 7", "n/a") == "missing"


def test_impossible_dates_and_fillers_are_missing():
    assert read_date("1970-05-06") == read_date("19700506") == read_date("1970-05-06T00:00:00") == "19700506"
    assert {read_date(text) for text in ("1900-01-01", "1970-02-30", "1970-13-01", "06.05.1970", "")} == {""}


def test_slips_in_dates_are_close_within_a_generation():
    assert are_close("19700506", "19700605")  # day and month
    assert are_close("19700506", "19700507")
    assert not are_close("19700506", "19900506")
    assert not are_close("19700506", "19720811")


def test_numbers_have_one_spelling():
    assert read_vat("DE 136.695.976") == read_vat("136695976", "DE") == "136695976"
    assert read_vat("000000000") == read_vat("n/a") == read_number("1111111") == ""
    assert read_zip("12345-6789") == "12345"
    assert read_zip("EC1A 1BB") == "ec1a1bb"


def test_records_are_read_from_mappings_with_singular_or_plural_names():
    found = read_record(1, {"phone": "1", "mobiles": ["2", "3"], "email": False, "national_id": "77", "kind": "robot"})
    assert (found.phones, found.mobiles, found.emails, found.numbers, found.kind) == (
        ("1",),
        ("2", "3"),
        (),
        ("77",),
        "",
    )


def test_the_kind_is_guessed_where_it_is_not_given():
    assert company(1, "Nordlicht GmbH", kind="").kind == "company"
    assert person(1, "Ulrike", "Sand", kind="").kind == "person"


def test_swapped_letters_and_names_still_meet_in_a_key():
    first, second = person(1, "Mraie", "Albers"), person(2, "Albers", "Marie")
    assert set(blocking_keys(first)) & set(blocking_keys(second))


def test_a_key_of_too_many_records_yields_no_candidates():
    crowd = [company(i, f"Laden{i}", phone="+496912345678") for i in range(5)]
    asked = company(99, "Kiosk", phone="+496912345678")
    assert len(BlockingIndex(crowd, cap=5).candidates(asked)) == 5
    assert BlockingIndex(crowd, cap=4).candidates(asked) == []
