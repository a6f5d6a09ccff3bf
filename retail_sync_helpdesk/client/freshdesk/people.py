"""Customers, companies and the calling agent."""

from collections.abc import Mapping
from typing import Any

from .. import errors
from ..answers import as_object, key_of, record_id, rows, text, texts
from ..errors import ClientError, Remedy
from ..records import Organization, Person
from .session import FreshdeskSession
from .ticket_form import custom_of

_PERSON = {
    "external_key": "unique_external_id",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "organization": "company_id",
    "tags": "tags",
    "custom": "custom_fields",
}
_ORGANIZATION = {"name": "name", "domains": "domains", "custom": "custom_fields"}


def whoami(session: FreshdeskSession) -> Person:
    """The agent whose key signs in. The answer does not say its role: `agent` also for an administrator."""
    row = session.get("/agents/me")
    contact = row.get("contact")
    return person_of({**(contact if isinstance(contact, dict) else {}), "id": row.get("id")}, "agent")


def save_person(session: FreshdeskSession, values: Mapping[str, Any]) -> tuple[Person, bool]:
    """Create or update a customer by external key, else by e-mail address, and whether it is new.

    values: {field of `Person`: value}, of external_key, name, email, phone, organization, tags, custom.
    No mail goes out [u]. Two calls at the same moment may meet; the second is refused as `duplicate`.
    Raises ValueError for another field, and for values with neither key nor address.
    """
    body = _body(values, _PERSON)
    if body.get("company_id"):
        body["company_id"] = int(record_id(str(body["company_id"])))
    known = _find_person(session, body)
    if known:
        return person_of(as_object(session.request("PUT", f"/contacts/{known}", json=body).json())), False
    return person_of(as_object(session.request("POST", "/contacts", json=body).json())), True


def save_organization(session: FreshdeskSession, values: Mapping[str, Any]) -> tuple[Organization, bool]:
    """Create or update a company by external key, and whether it is new.

    values: {field of `Organization`: value}, of external_key, name, domains, custom. A name that a company with another
    key has is refused as `duplicate`. Raises ValueError for another field, without an external key, and for a key with
    quotes; ClientError contract/NO_KEY_FIELD where companies have no field for it.
    """
    field = session.key_fields.company
    if not field:
        raise ClientError(
            errors.CONTRACT,
            "NO_KEY_FIELD",
            "no custom field of companies is set to hold our keys",
            remedy=Remedy.settings,
        )
    external_key = str(values.get("external_key") or "")
    if not external_key or set(external_key) & set("'\"\\"):
        raise ValueError("An organisation is known by an external key without quotes.")
    body = _body({name: value for name, value in values.items() if name != "external_key"}, _ORGANIZATION)
    body["custom_fields"] = {**body.get("custom_fields", {}), field: external_key}
    known = next((found.key for found in companies_with(session, external_key)), "")
    if not known:
        try:
            reply = session.request("POST", "/companies", json=body)
            return organization_of(session, as_object(reply.json())), True
        except ClientError as error:
            # the search may not show yet what an earlier call created; the name leads to it
            known = _by_name(session, text(body.get("name")), external_key) if error.kind == errors.DUPLICATE else ""
            if not known:
                raise
    reply = session.request("PUT", f"/companies/{record_id(known)}", json=body)
    return organization_of(session, as_object(reply.json())), False


def companies_with(session: FreshdeskSession, external_key: str) -> list[Organization]:
    """The companies with a key of ours, as the search shows them; none where no field holds such keys."""
    field = session.key_fields.company
    if not field or not external_key or set(external_key) & set("'\"\\"):
        return []
    found = rows(session.get("/search/companies", {"query": f"\"{field}:'{external_key}'\""}), "results")
    return [organization_of(session, row) for row in found if custom_of(row).get(field) == external_key]


def change_person(session: FreshdeskSession, key: str, values: Mapping[str, Any]) -> Person:
    """Change a contact. Raises ValueError for a field that is none of `save_person`."""
    body = _body(values, _PERSON)
    if body.get("company_id"):
        body["company_id"] = int(record_id(str(body["company_id"])))
    return person_of(as_object(session.request("PUT", f"/contacts/{record_id(key)}", json=body).json()))


def change_organization(session: FreshdeskSession, key: str, values: Mapping[str, Any]) -> Organization:
    """Change a company; our key goes into the field that holds it, if there is one. Raises ValueError as above."""
    body = _body({name: value for name, value in values.items() if name != "external_key"}, _ORGANIZATION)
    if values.get("external_key") and session.key_fields.company:
        custom = body.get("custom_fields") or {}
        body["custom_fields"] = {**custom, session.key_fields.company: values["external_key"]}
    reply = session.request("PUT", f"/companies/{record_id(key)}", json=body)
    return organization_of(session, as_object(reply.json()))


def _find_person(session: FreshdeskSession, body: Mapping[str, Any]) -> str:
    """The id of the contact with the external key, else of the one with the address; '' for none."""
    if not body.get("unique_external_id") and not body.get("email"):
        raise ValueError("A person is known by external key or e-mail address.")
    for name in ("unique_external_id", "email"):
        wanted = str(body.get(name) or "")
        if not wanted:
            continue
        found, _more = session.page("/contacts", params={name: wanted})
        for row in found:
            # a filter that the service does not know would list everybody
            if text(row.get(name)).lower() == wanted.lower() and key_of(row.get("id")):
                return record_id(key_of(row["id"]))
    return ""


def _by_name(session: FreshdeskSession, name: str, external_key: str) -> str:
    """The id of the company with this name, if it has our key; '' otherwise."""
    found = rows(session.get("/companies/autocomplete", {"name": name}), "companies")
    for row in found:
        if text(row.get("name")).lower() == name.lower():
            company = session.get(f"/companies/{record_id(key_of(row.get('id')))}")
            if custom_of(company).get(session.key_fields.company) == external_key:
                return key_of(company.get("id"))
    return ""


def person_of(row: Mapping[str, Any], role: str = "end-user") -> Person:
    """A contact of the API, or an agent."""
    return Person(
        key=key_of(row.get("id")),
        external_key=text(row.get("unique_external_id")),
        name=text(row.get("name")),
        email=text(row.get("email")),
        phone=text(row.get("phone")),
        organization=key_of(row.get("company_id")),
        role=role,
        active=row.get("deleted") is not True,
        tags=texts(row.get("tags")),
        custom=custom_of(row),
        updated_at=text(row.get("updated_at")),
        raw=row,
    )


def organization_of(session: FreshdeskSession, row: Mapping[str, Any]) -> Organization:
    """A company of the API."""
    custom = custom_of(row)
    return Organization(
        key=key_of(row.get("id")),
        external_key=text(custom.pop(session.key_fields.company, None)),
        name=text(row.get("name")),
        domains=texts(row.get("domains")),
        custom=custom,
        updated_at=text(row.get("updated_at")),
        raw=row,
    )


def _body(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    unknown = set(values) - set(names)
    if unknown:
        raise ValueError(f"no field that can be written: {', '.join(sorted(unknown))}")
    return {
        names[name]: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }
