from xml.etree import ElementTree

import pytest

from tests.simulators.salesforce.soap_message import acknowledged, check_fields, envelope, sobject

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OUTBOUND = "http://soap.sforce.com/2005/09/outbound"


def reply(ack="true", soap=SOAP, outbound=OUTBOUND, before=""):
    return (
        f'{before}<s:Envelope xmlns:s="{soap}"><s:Body><notificationsResponse xmlns="{outbound}"><Ack>{ack}</Ack>'
        "</notificationsResponse></s:Body></s:Envelope>"
    ).encode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (reply(), True), (reply(" true\n"), True), (reply("1"), True), (reply("false"), False), (reply("TRUE"), False),
        (reply(""), False), (reply(soap="http://www.w3.org/2003/05/soap-envelope"), None), (reply(outbound="x"), None),
        (reply(before="<!DOCTYPE x>"), None), (b"", None), (b"true", None), (b"<Ack>true</Ack>", None),
    ],
)  # fmt: skip
def test_only_the_very_answer_acknowledges(body, expected):
    assert acknowledged(body) is expected


def test_text_survives_and_what_xml_cannot_carry_is_left_out(org):
    defn = org.schema.get("Account")
    name = 'a<b>&"c" \u0001é\U0001f600\ud800'
    row = {"Id": "001", "Name": name, "Odoo_Credit_Limit__c": 5.5, "NumberOfEmployees": 3, "IsDeleted": False,
           "CreatedDate": "2026-05-20T09:44:32.000+0000", "Odoo_Blocked_Until__c": "2026-06-01"}  # fmt: skip
    fields = check_fields(defn, ["name", "CreatedDate", "Phone", "IsDeleted", *list(row)[2:4], "Odoo_Blocked_Until__c"])
    body = envelope("00D5g000004XyzAEAS", "https://localhost", "04k", "62.0", [("04l", sobject(defn, fields, row))])
    element = next(ElementTree.fromstring(body).iter(f"{{{OUTBOUND}}}sObject"))
    assert {child.tag.partition("}")[2]: child.text for child in element} == {
        "Id": "001", "Name": 'a<b>&"c" é\U0001f600', "Odoo_Credit_Limit__c": "5.5", "NumberOfEmployees": "3",
        "IsDeleted": "false", "CreatedDate": "2026-05-20T09:44:32.000Z", "Odoo_Blocked_Until__c": "2026-06-01",
    }  # fmt: skip
