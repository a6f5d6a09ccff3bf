"""Outbound Messages (API sheet section 7.1): what a message says, and the answer to it.

The body comes from whoever knows the address: nothing in it is fetched, expanded or trusted.
"""

import re
from dataclasses import dataclass

from lxml import etree

from . import ids, times

MOST = 100
NOTIFICATION_PREFIX = "04l"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_OUTBOUND = "http://soap.sforce.com/2005/09/outbound"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}\Z")
# In UTF-8, the one encoding that is read, markup that could declare an entity always looks like this.
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)


class NotificationError(ValueError):
    """A body that is no Outbound Message. The text quotes nothing of it, so it may be logged and sent back."""


@dataclass(frozen=True, slots=True)
class Notification:
    """One record that changed. at: when, in ms since 1970, where the message has the field. Ids have 18 characters."""

    id: str
    object: str
    record_id: str
    at: int | None


@dataclass(frozen=True, slots=True)
class Message:
    """What an Outbound Message says. without_record: notifications of records that were deleted before it was sent."""

    org_id: str
    notifications: list[Notification]
    without_record: int = 0


def parse(body: bytes) -> Message:
    """The message in a request's body.

    Raises NotificationError, and nothing else, for any bytes that are no message of 1 to 100 notifications.
    """
    root = _tree(body)
    found = root.findall(f"{{{_SOAP}}}Body/{{{_OUTBOUND}}}notifications")
    if root.tag != f"{{{_SOAP}}}Envelope" or len(found) != 1:
        raise NotificationError("This is not an Outbound Message.")
    entries = found[0].findall(f"{{{_OUTBOUND}}}Notification")
    if not 1 <= len(entries) <= MOST:
        raise NotificationError(f"A message holds 1 to {MOST} notifications.")
    org_id = _id(found[0].findtext(f"{{{_OUTBOUND}}}OrganizationId"), "organisation")
    notifications = [notification for entry in entries if (notification := _notification(entry)) is not None]
    return Message(org_id, notifications, len(entries) - len(notifications))


def _tree(body: bytes) -> etree._Element:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        raise NotificationError("The body is not text in UTF-8.") from None
    if _DECLARATION.search(body):
        raise NotificationError("A message declares no document type and no entities.")
    # The encoding is not the document's to choose: in another one a declaration could hide from the look above.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        raise NotificationError("The body is not well-formed XML.") from None
    if root is None or root.getroottree().docinfo.doctype:
        raise NotificationError("The body is not well-formed XML.")
    return root


def _notification(entry: etree._Element) -> Notification | None:
    key = _id(entry.findtext(f"{{{_OUTBOUND}}}Id"), "notification")
    if not key.startswith(NOTIFICATION_PREFIX):
        raise NotificationError("A notification has no usable id.")
    record = entry.find(f"{{{_OUTBOUND}}}sObject")
    if record is None:
        raise NotificationError("A notification names no object.")
    name = (record.get(_TYPE) or "").rpartition(":")[2]
    if not _NAME.match(name):
        raise NotificationError("A notification names no object.")
    values = {etree.QName(child).localname: child.text for child in record if isinstance(child.tag, str)}
    if values.get("Id") is None:
        return None
    return Notification(key, name, _id(values["Id"], "record"), _at(values))


def _id(text: str | None, what: str) -> str:
    try:
        return ids.to_18((text or "").strip())
    except ValueError:
        raise NotificationError(f"The message has no usable {what} id.") from None


def _at(values: dict[str, str | None]) -> int | None:
    for name in ("SystemModstamp", "LastModifiedDate"):
        try:
            return times.parse_ms((values.get(name) or "").strip())
        except (ValueError, OverflowError):
            continue
    return None


def acknowledgement() -> bytes:
    """The answer that says: stored, do not send it again. There is one for a whole message."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{_SOAP}"><soapenv:Body>'
        f'<notificationsResponse xmlns="{_OUTBOUND}"><Ack>true</Ack></notificationsResponse>'
        "</soapenv:Body></soapenv:Envelope>"
    ).encode()
