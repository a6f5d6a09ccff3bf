"""Outbound Messages: what is read of them, and that nothing else ever passes."""

import os
import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from retail_sync_salesforce.client import ids
from retail_sync_salesforce.client.notifications import (
    Message,
    Notification,
    NotificationError,
    acknowledgement,
    parse,
)

ORG = "00D5g000004XyzAEAS"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ROUNDS = int(os.environ.get("RETAIL_SYNC_FUZZ", "10000"))


def notification(number=1, object="Account", record="0015g00000AbCdE", fields="", key=None):
    key = key or ids.to_18(f"04l5g00000Gx{number:03d}")
    record = f"<sf:Id>{record}</sf:Id>" if record else ""
    return (
        f'<Notification><Id>{key}</Id><sObject xsi:type="sf:{object}"'
        f' xmlns:sf="urn:sobject.enterprise.soap.sforce.com">{record}{fields}</sObject></Notification>'
    )


def message(*notifications, org=ORG, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return (
        f'{head}<soapenv:Envelope xmlns:soapenv="{SOAP}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<soapenv:Body><notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
        f"<OrganizationId>{org}</OrganizationId><ActionId>04k5g000000CaRkAAK</ActionId>"
        f'<SessionId xsi:nil="true"/>{"".join(notifications)}</notifications></soapenv:Body></soapenv:Envelope>'
    ).encode()


def test_a_message():
    fields = "<sf:Name>Rossi &amp; Figli</sf:Name><sf:SystemModstamp>2026-05-20T09:44:32.000Z</sf:SystemModstamp>"
    parsed = parse(message(notification(1, fields=fields), notification(2, "Contact", "0035g00000BcDeFAAV")))
    account = ids.to_18("0015g00000AbCdE")
    assert parsed == Message(
        ORG,
        [
            Notification(ids.to_18("04l5g00000Gx001"), "Account", account, 1779270272000),
            Notification(ids.to_18("04l5g00000Gx002"), "Contact", "0035g00000BcDeFAAV", None),
        ],
    )


def test_an_organisation_of_15_characters_is_the_same():
    assert parse(message(notification(), org=ORG[:15])).org_id == ORG


def test_custom_objects_and_fields_we_know_nothing_of():
    parsed = parse(
        message(notification(object="ERP_Order__c", record="a0D30000001n7Pi", fields="<sf:X><sf:Y/></sf:X>"))
    )
    assert parsed.notifications[0].object == "ERP_Order__c"


def test_a_record_that_was_gone_when_the_message_was_sent():
    parsed = parse(message(notification(1, record=None), notification(2)))
    assert (len(parsed.notifications), parsed.without_record) == (1, 1)


def test_hundred_notifications_and_not_one_more():
    assert len(parse(message(*(notification(number) for number in range(100)))).notifications) == 100
    with pytest.raises(NotificationError):
        parse(message(*(notification(number) for number in range(101))))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"<",
        b"{}",
        b"<a/>",
        message(),
        message(notification(), org=""),
        message(notification(), org="00D5g000004XyzAEAT"),  # a wrong checksum
        message(notification(record="nonsense")),
        message(notification(record="0015g00000AbCdEAAA")),
        message(notification(key="0015g00000AbCdEAAV")),
        message(notification(object="")),
        message(notification(object="Account; DROP")),
        message("<Notification/>"),
        message("<Notification><Id>04l5g00000Gx7QzAAJ</Id></Notification>"),
        message(notification()).replace(SOAP.encode(), b"urn:other"),
        message(notification()).replace(b"2005/09/outbound", b"2005/10/outbound"),
        message(notification()).replace(b"</Notification>", b""),
        message(notification(fields="<sf:Name>\xff</sf:Name>")).replace(b"\xc3\xbf", b"\xff"),
        message(notification(), head='<?xml version="1.0" encoding="UTF-16"?>').decode().encode("utf-16"),
        message(notification(fields="<sf:Name>&undeclared;</sf:Name>")),
        message(notification(fields="<sf:X>" * 300 + "</sf:X>" * 300)),
    ],
)
def test_what_is_no_message(body):
    with pytest.raises(NotificationError):
        parse(body)


BOMB = (
    "<!DOCTYPE lolz [<!ENTITY a 'lol'>"
    + "".join(f"<!ENTITY {b} '{('&' + a + ';') * 10}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "declaration",
    [
        BOMB,
        "<!DOCTYPE a>",
        "<!doctype a>",
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    ],
)
@pytest.mark.parametrize("place", ["<sf:Name>{}</sf:Name>", '<sf:Name a="{}"/>'])
def test_document_types_and_entities_are_refused_at_once(declaration, place):
    started = time.process_time()
    with pytest.raises(NotificationError, match="declares no document type|well-formed"):
        parse(message(notification(fields=place.format("&i;")), head=declaration))
    assert time.process_time() - started < 1


def test_a_document_cannot_hide_a_declaration_in_an_encoding():
    hidden = b'<?xml version="1.0" encoding="UTF-7"?>+ADw-+ACE-DOCTYPE a+AD4-' + message(notification(), head="")
    with pytest.raises(NotificationError):
        parse(hidden)


def test_an_error_quotes_nothing_of_the_body():
    with pytest.raises(NotificationError) as error:
        parse(message(notification(record="s3cret-thing")))
    assert "s3cret" not in str(error.value)
    assert error.value.__cause__ is None


def test_the_acknowledgement():
    answer = etree.fromstring(acknowledgement())
    ack = answer.find(f"{{{SOAP}}}Body/*/*")
    assert ack.tag == "{http://soap.sforce.com/2005/09/outbound}Ack" and ack.text == "true"


@settings(max_examples=max(ROUNDS // 2, 1))
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_are_refused_and_break_nothing(body):
    with pytest.raises(NotificationError):
        parse(body)


def mutated(body, chance):
    """A message with some bytes changed, cut, doubled or put in from elsewhere."""
    data = bytearray(body)
    for _number in range(chance.randint(1, 8)):
        place = chance.randrange(len(data) + 1)
        kind = chance.randrange(4)
        if kind == 0 and place < len(data):
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place : place + chance.randint(1, 40)]
        elif kind == 2:
            data[place:place] = data[place : place + chance.randint(1, 60)]
        else:
            data[place:place] = chance.choice([b"<!DOCTYPE a>", b"&#0;", b"]]>", b"<", b"\xff", b"&a;", b'"', b"<?a?>"])
        if not data:
            break
    return bytes(data)


def test_mutated_messages_are_read_or_refused():
    chance = random.Random(20260520)
    good = message(*(notification(number, fields="<sf:Name>Bär</sf:Name>") for number in range(3)))
    outcomes = {True: 0, False: 0}
    for _number in range(ROUNDS):
        try:
            parsed = parse(mutated(good, chance))
        except NotificationError:
            outcomes[False] += 1
            continue
        outcomes[True] += 1
        # What is read is what a database and a query can take, whatever else the message says.
        for entry in parsed.notifications:
            assert ids.is_id(entry.id) and ids.is_id(entry.record_id) and entry.object.isascii()
    assert outcomes[True] and outcomes[False]
