"""Grids of mailboxes, tax IDs and phones: which of them prove something."""

import pytest

from retail_sync.domain.identity.normalise.contacts import FAMILY, PERSONAL, ROLE, read_email, read_phones
from retail_sync.domain.identity.normalise.registry_numbers import read_number, read_vat

from .given import ELSEWHERE, HOME, outcome, person

MAILBOXES = {
    ROLE: """info-hamburg@x.de info.hamburg@x.de sales.emea@x.com kontakt-berlin@x.de buero.mueller@x.de team-nord@x.de
        hr-de@x.com orders-uk@x.com ap.invoices@x.com hamburg-info@x.de praxis.brandt@gmx.de kanzlei@x.de filiale12@x.de
        kasse1@x.de rezeption@x.de it@x.de gf@x.de verein@x.de service-center@x.de nordlicht@nordlicht.de
        mail@albers.de""",
    FAMILY: """fam.albers@gmx.de fam_albers@gmx.de familie.albers@gmx.de karl.und.karin@gmx.de anna.and.tom@x.com
        casa.rossi@libero.it haus.albers@web.de the.smiths@x.com""",
    PERSONAL: """karl.e.brandt@x.com i.petrova@mail.ru mail.karl@gmx.de post.brandt@web.de davi.sales@x.com
        anna.press@x.com infotech@gmail.com salesman@x.com helena@x.com karl.brandt@x.com e.und@x.com""",
}


@pytest.mark.parametrize(
    ("kind", "address"), [(k, address) for k, text in MAILBOXES.items() for address in text.split()]
)
def test_who_stands_behind_a_mailbox(kind, address):
    assert read_email(address).kind == kind


@pytest.mark.parametrize(
    "address",
    "test1@x.de keine.angabe@x.de keine-email@x.de kein@kein.de nicht@vorhanden.de unbekannt@x.de kunde@x.de "
    "customer123@x.de guest@x.de ohne@ohne.de".split(),
)
def test_a_made_up_address_is_none(address):
    assert read_email(address) is None


def test_a_mailbox_of_a_place_makes_no_two_colleagues_one():
    box = {"email": "info-hamburg@nordlicht.de"}
    known = person(1, "Maria", "Albers", **HOME, **box)
    assert outcome(person(9, "Maria", "Albers", **ELSEWHERE, **box), known) != 1


@pytest.mark.parametrize(
    ("number", "country"),
    [
        *(
            ("XAXX010101000", "MX"),
            ("XEXX-010101-000", "MX"),
            ("C/F", "GT"),
            ("222222222222-7", "CO"),
            ("12345678", ""),
        ),
        *(("300000000000003", "SA"), ("310000000000003", "SA"), ("100000000000003", "AE"), ("20000000001", "AR")),
        *(("1111111119", "KR"), ("ATU12345678", "AT"), ("4444444-1", "PY"), ("12345678901", ""), ("ES12345678Z", "ES")),
        *(
            ("9999999999999", "EC"),
            ("000.000.000-00", "BR"),
            ("XXXXXXX", "IT"),
            ("2222222222", "TR"),
            ("66666666-6", "CL"),
        ),
    ],
)
def test_a_tax_id_that_everybody_may_type_is_none(number, country):
    assert (read_vat(number, country), read_number(number)) == ("", "")


@pytest.mark.parametrize("number", ["DE136695976", "00.000.000/0001-91", "GB980780684", "RSSMRA80A01H501U"])
def test_a_real_number_stays(number):
    assert read_number(number)


@pytest.mark.parametrize(
    "text",
    [
        *("069 123456 (privat) 0170 1234567 (mobil)", "069 123456 privat, 0170 1234567 mobil"),
        *("069 123456 / 0170 1234567", "+49 69 123456 +49 170 1234567", "Tel: 069 123456 Mobil: 0170 1234567"),
    ],
)
def test_both_numbers_of_a_field_are_read(text):
    assert [phone.number for phone in read_phones(text, "DE")] == ["+4969123456", "+491701234567"]


@pytest.mark.parametrize("text", ["0170 123 0456", "Tel. 069 1234567", "069 1234-12", "+49 (0) 170 1234567"])
def test_a_number_in_groups_or_with_a_remark_is_one(text):
    assert len(read_phones(text, "DE")) == 1


@pytest.mark.parametrize("number", ["0211 123 0456 789", "+49 (0)30 123 0456 78", "06221 4561 0123 45"])
def test_groups_of_one_number_are_no_numbers(number):
    assert len(read_phones(number, "DE")) == 1


@pytest.mark.parametrize("text", ["069 1234567 (8-17 Uhr)", "069 1234567 ab 18 Uhr", "069 1234567 nur abends"])
def test_a_remark_behind_a_number_is_no_part_of_it(text):
    assert [phone.number for phone in read_phones(text, "DE")] == ["+49691234567"]


def test_two_numbers_around_a_dash_are_two():
    numbers = [phone.number for phone in read_phones("0171 1234567 - 0172 7654321", "DE")]
    assert numbers == ["+491711234567", "+491727654321"]
