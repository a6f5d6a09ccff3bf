"""The SOAP of outbound messages: what is sent, and what counts as an acknowledgement."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from .schema import COMPOUND_TYPES, ObjectType
from .table import Row

CONTENT_TYPE = "text/xml; charset=utf-8"
NAMESPACE = "http://soap.sforce.com/2005/09/outbound"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_OBJECTS = "urn:sobject.enterprise.soap.sforce.com"
# Characters that XML 1.0 cannot carry at all; text fields of an org may well hold them.
_UNSENDABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def envelope(
    org_id: str, instance_url: str, action_id: str, version: str, notifications: list[tuple[str, str]]
) -> bytes:
    """One message; ``notifications`` are (notification id, :func:`sobject`)."""
    soap = f"{instance_url}/services/Soap"
    items = "".join(f"<Notification><Id>{number}</Id>{body}</Notification>" for number, body in notifications)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_SOAP}" xmlns:xsd="{_SCHEMA}" xmlns:xsi="{_SCHEMA}-instance">'
        f'<soapenv:Body><notifications xmlns="{NAMESPACE}"><OrganizationId>{org_id}</OrganizationId>'
        f'<ActionId>{action_id}</ActionId><SessionId xsi:nil="true"/>'
        f"<EnterpriseUrl>{soap}/c/{version}/{org_id[:15]}</EnterpriseUrl>"
        f"<PartnerUrl>{soap}/u/{version}/{org_id[:15]}</PartnerUrl>"
        f"{items}</notifications></soapenv:Body></soapenv:Envelope>"
    ).encode()


def sobject(defn: ObjectType, fields: list[str], row: Row | None) -> str:
    """The record as it stands now: id and chosen fields, empty ones left out; nothing at all of one that is gone."""
    inner = ""
    if row is not None:
        inner = f"<sf:Id>{row['Id']}</sf:Id>" + "".join(
            f"<sf:{name}>{escape(_text(defn, name, row[name]))}</sf:{name}>"
            for name in fields
            if name != "Id" and row.get(name) is not None
        )
    return f'<sObject xsi:type="sf:{defn.name}" xmlns:sf="{_OBJECTS}">{inner}</sObject>'


def check_fields(defn: ObjectType, names: list[str]) -> list[str]:
    """Canonical names, as the message has them in order. Raises ``ValueError`` for what a message cannot carry."""
    found = [defn.field(name) for name in names]
    wrong = [name for name, field in zip(names, found, strict=True) if field is None or field.type in COMPOUND_TYPES]
    if wrong:
        raise ValueError(f"{defn.name} has no such fields for a message: {', '.join(wrong)}")
    return sorted({field.name for field in found if field is not None} - {"Id"})


def _text(defn: ObjectType, name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    field = defn.field(name)
    if field is not None and field.type == "datetime":
        return value.replace("+0000", "Z")
    return _UNSENDABLE.sub("", str(value))


def acknowledged(body: bytes) -> bool | None:
    """What the receiver's ``Ack`` says; ``None`` when the body is no acknowledgement at all."""
    if b"<!DOCTYPE" in body:
        return None
    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, ValueError):
        return None
    path = f"{{{_SOAP}}}Body/{{{NAMESPACE}}}notificationsResponse/{{{NAMESPACE}}}Ack"
    found = root.findtext(path) if root.tag == f"{{{_SOAP}}}Envelope" else None
    return None if found is None else found.strip() in ("true", "1")
