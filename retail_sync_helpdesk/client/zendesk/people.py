"""Users and organisations (section 3)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..answers import as_object, key_of, member, record_id, rows, text, texts
from ..records import Job, Organization, Person
from . import jobs
from .session import ZendeskSession

_PERSON = {
    "external_key": "external_id",
    "name": "name",
    "email": "email",
    "phone": "phone",
    "organization": "organization_id",
    "tags": "tags",
    "custom": "user_fields",
}
_ORGANIZATION = {
    "external_key": "external_id",
    "name": "name",
    "domains": "domain_names",
    "tags": "tags",
    "custom": "organization_fields",
}


def save_person(session: ZendeskSession, values: Mapping[str, Any]) -> tuple[Person, bool]:
    """Create or update a customer by external key or e-mail address, and whether it is new. No mail goes out.

    values: {field of `Person`: value}, of external_key, name, email, phone, organization, tags, custom.
    Raises ValueError for another field, and for values with neither key nor address.
    """
    body = {"user": _person_body(values)}
    reply = session.request("POST", "/users/create_or_update", json=body, idempotent=True)
    return person_of(member(as_object(reply.json()), "user")), reply.status == 201


def save_people(session: ZendeskSession, listed: Sequence[Mapping[str, Any]]) -> Job:
    """`save_person` of up to a hundred; the results are in their order once the job is done."""
    _countable(listed)
    keys = [str(values.get("external_key") or values.get("email")) for values in listed]
    users = [_person_body(values) for values in listed]
    return jobs.start(session, "POST", "/users/create_or_update_many", {"users": users}, keys)


def person(session: ZendeskSession, key: str) -> Person:
    """One user; `me` for the user that makes the calls. Raises ClientError `gone`."""
    return person_of(member(session.get(f"/users/{key if key == 'me' else record_id(key)}"), "user"))


def people(session: ZendeskSession, keys: Sequence[str]) -> dict[str, Person]:
    """{key: user}, a call for each hundred; those that are gone are left out."""
    wanted = list(dict.fromkeys(record_id(key) for key in keys))
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), jobs.MOST):
        body = session.get("/users/show_many", {"ids": ",".join(wanted[start : start + jobs.MOST])})
        found.update((row.key, row) for row in map(person_of, rows(body, "users")))
    return found


def find_people(session: ZendeskSession, external_key: str = "", email: str = "") -> list[Person]:
    """The users with an external id, or with an e-mail address."""
    if bool(external_key) == bool(email):
        raise ValueError("Users are found by external id or by e-mail address.")
    if external_key:
        params = {"external_id": external_key}
    else:
        params = {"query": f'email:"{email}"' if " " in email else f"email:{email}"}
    return [person_of(row) for row in rows(session.get("/users/search", params), "users")]


def save_organization(session: ZendeskSession, values: Mapping[str, Any]) -> tuple[Organization, bool]:
    """Create or update an organisation by external key, and whether it is new.

    values: {field of `Organization`: value}, of external_key, name, domains, tags, custom. A name that another
    organisation has is refused as `duplicate`. Raises ValueError for another field, and without an external key.
    """
    body = {"organization": _organization_body(values)}
    reply = session.request("POST", "/organizations/create_or_update", json=body, idempotent=True)
    return organization_of(member(as_object(reply.json()), "organization")), reply.status == 201


def organization(session: ZendeskSession, key: str) -> Organization:
    """One organisation. Raises ClientError `gone`."""
    return organization_of(member(session.get(f"/organizations/{record_id(key)}"), "organization"))


def people_by_key(session: ZendeskSession, external_keys: Sequence[str]) -> list[Person]:
    """The users with these external ids, a call for each hundred."""
    return [person_of(row) for row in _by_key(session, "users", external_keys)]


def organizations_by_key(session: ZendeskSession, external_keys: Sequence[str]) -> list[Organization]:
    """The organisations with these external ids, a call for each hundred."""
    return [organization_of(row) for row in _by_key(session, "organizations", external_keys)]


def organizations(session: ZendeskSession, keys: Sequence[str]) -> dict[str, Organization]:
    """{key: organisation}, a call for each hundred; those that are gone are left out."""
    wanted = list(dict.fromkeys(record_id(key) for key in keys))
    found: dict[str, Organization] = {}
    for start in range(0, len(wanted), jobs.MOST):
        body = session.get("/organizations/show_many", {"ids": ",".join(wanted[start : start + jobs.MOST])})
        found.update((row.key, row) for row in map(organization_of, rows(body, "organizations")))
    return found


def change_person(session: ZendeskSession, key: str, values: Mapping[str, Any]) -> Person:
    """Change a user. A new e-mail address becomes the first one: the service itself would add it as another one.

    Raises ValueError for a field that is none of `save_person`.
    """
    body = _body({name: value for name, value in values.items() if name != "email"}, _PERSON)
    if body.get("organization_id"):
        body["organization_id"] = int(record_id(str(body["organization_id"])))
    path = f"/users/{record_id(key)}"
    reply = session.request("PUT", path, json={"user": {**body, "skip_verify_email": True}})
    changed = person_of(member(as_object(reply.json()), "user"))
    email = str(values.get("email") or "").strip()
    if not email or email.lower() == changed.email.lower():
        return changed
    _make_first_address(session, path, email)
    return person(session, key)


def change_organization(session: ZendeskSession, key: str, values: Mapping[str, Any]) -> Organization:
    """Change an organisation. Raises ValueError for a field that is none of `save_organization`."""
    body = {"organization": _body(values, _ORGANIZATION)}
    reply = session.request("PUT", f"/organizations/{record_id(key)}", json=body)
    return organization_of(member(as_object(reply.json()), "organization"))


def find_organizations(session: ZendeskSession, external_key: str) -> list[Organization]:
    """The organisations with an external id."""
    if not external_key:
        raise ValueError("An empty external id is that of every organisation.")
    body = session.get("/organizations/search", {"external_id": external_key})
    return [organization_of(row) for row in rows(body, "organizations")]


def person_of(row: Mapping[str, Any]) -> Person:
    """A user of the API."""
    custom = row.get("user_fields")
    return Person(
        key=key_of(row.get("id")),
        external_key=text(row.get("external_id")),
        name=text(row.get("name")),
        email=text(row.get("email")),
        phone=text(row.get("phone")),
        organization=key_of(row.get("organization_id")),
        role=text(row.get("role")),
        active=row.get("active") is not False,
        suspended=row.get("suspended") is True,
        tags=texts(row.get("tags")),
        custom=dict(custom) if isinstance(custom, dict) else {},
        updated_at=text(row.get("updated_at")),
        raw=row,
    )


def organization_of(row: Mapping[str, Any]) -> Organization:
    """An organisation of the API."""
    custom = row.get("organization_fields")
    return Organization(
        key=key_of(row.get("id")),
        external_key=text(row.get("external_id")),
        name=text(row.get("name")),
        domains=texts(row.get("domain_names")),
        tags=texts(row.get("tags")),
        custom=dict(custom) if isinstance(custom, dict) else {},
        updated_at=text(row.get("updated_at")),
        raw=row,
    )


def _by_key(session: ZendeskSession, name: str, external_keys: Sequence[str]) -> list[dict[str, Any]]:
    # the service separates the keys by commas
    wanted = [key for key in dict.fromkeys(external_keys) if key and "," not in key]
    found = []
    for start in range(0, len(wanted), jobs.MOST):
        params = {"external_ids": ",".join(wanted[start : start + jobs.MOST])}
        found += rows(session.get(f"/{name}/show_many", params), name)
    return found


def _make_first_address(session: ZendeskSession, path: str, email: str) -> None:
    listed = rows(session.get(f"{path}/identities"), "identities")
    known = [row for row in listed if row.get("type") == "email" and text(row.get("value")).lower() == email.lower()]
    if known:
        identity = known[0]
    else:
        # verified, or the service asks the customer by mail to confirm the address
        body = {"identity": {"type": "email", "value": email, "verified": True}}
        reply = session.request("POST", f"{path}/identities", json=body, idempotent=True)
        identity = member(as_object(reply.json()), "identity")
    session.request("PUT", f"{path}/identities/{record_id(key_of(identity.get('id')))}/make_primary")


def _person_body(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values.get("external_key") and not values.get("email"):
        raise ValueError("A person is known by external key or e-mail address.")
    body = _body(values, _PERSON)
    if body.get("organization_id"):
        body["organization_id"] = int(record_id(str(body["organization_id"])))
    # else the service asks the customer by mail to confirm the address
    return {**body, "skip_verify_email": True}


def _organization_body(values: Mapping[str, Any]) -> dict[str, Any]:
    if not values.get("external_key"):
        raise ValueError("An organisation is known by external key.")
    return _body(values, _ORGANIZATION)


def _body(values: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    unknown = set(values) - set(names)
    if unknown:
        raise ValueError(f"no field that can be written: {', '.join(sorted(unknown))}")
    return {
        names[name]: list(value) if isinstance(value, tuple) else dict(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
    }


def _countable(listed: Sequence[Mapping[str, Any]]) -> None:
    if not 1 <= len(listed) <= jobs.MOST:
        raise ValueError(f"A job holds 1 to {jobs.MOST} records.")
