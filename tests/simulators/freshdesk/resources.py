"""The resources below ``/api/v2``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from urllib.parse import urlencode

from ..common.messages import Response
from .account import COMPANY_FIELD, TYPES, Account, plain
from .messages import ApiError, Call, Row, answer, invalid, refused

Handler = Callable[[Account, Call], Response]
LAST_PAGE = 300
_QUERY = re.compile(r"\"(\w+):'([^']*)'\"\Z")
_TICKET = frozenset(
    "name email requester_id subject description status priority source type tags custom_fields responder_id group_id"
    " company_id product_id".split()
)
_CONTACT = frozenset("name email phone mobile unique_external_id company_id tags custom_fields".split())
_COMPANY = frozenset("name domains custom_fields".split())


def moment(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def _page(account: Account, call: Call, rows: Iterable[Row], path: str) -> Response:
    """One page of rows, with the address of the next."""
    try:
        number, size = int(call.query.get("page", 1)), int(call.query.get("per_page", 30))
    except ValueError:
        raise invalid("page", "datatype_mismatch", "It should be a Positive Integer") from None
    if number < 1 or not 1 <= size <= 100 or number > LAST_PAGE:
        raise invalid("page", "invalid_value", "It should be a Positive Integer less than or equal to 300")
    size = min(size, account.config["page_rows"])
    listed = list(rows)
    start = (number - 1) * size
    headers = {}
    if listed[start + size :]:
        query = urlencode({**call.query, "page": number + 1})
        headers["Link"] = f'<{account.base_url}/api/v2/{path}?{query}>; rel="next"'
    return answer(listed[start : start + size], headers=headers)


def _row(table: dict[int, Row], number: int) -> Row:
    if number not in table:
        raise ApiError(404)
    return table[number]


def _known(values: Row, names: frozenset[str]) -> None:
    for name in values:
        if name not in names:
            raise invalid(name, "invalid_field", "Unexpected/invalid field in request")


def _search(account: Account, call: Call, table: dict[int, Row]) -> Response:
    found = _QUERY.match(call.query.get("query", ""))
    if not found:
        raise invalid("query", "invalid_value", "Given query is invalid")
    shown = account.clock.now() - account.config["search_lag_seconds"]
    name, value = found.groups()
    rows = [row for row in table.values() if row["custom_fields"].get(name) == value and not row.get("deleted")]
    rows = [row for row in rows if moment(row["updated_at"]) <= shown]
    return answer({"total": len(rows), "results": [_listed(row) for row in rows]})


# -- tickets
def _check_ticket(account: Account, values: Row) -> None:
    _known(values, _TICKET)
    known = {field["name"] for field in account.fields}
    for name in values.get("custom_fields") or ():
        if name not in known:
            raise invalid(name, "invalid_field", "Unexpected/invalid field in request")
    if values.get("type") is not None and values["type"] not in TYPES:
        raise invalid("type", "invalid_value", f"It should be one of these values: '{','.join(TYPES)}'")
    for name, last in (("status", 7), ("priority", 4)):
        if name in values and values[name] not in range(1, last + 1):
            raise invalid(name, "invalid_value", f"It should be one of 1 to {last}")


def _listed(row: Row) -> Row:
    """A ticket without its description, as lists have it."""
    return {name: value for name, value in row.items() if not name.startswith("description")}


def create_ticket(account: Account, call: Call) -> Response:
    values = call.values
    _check_ticket(account, values)
    for name in ("subject", "description", "status", "priority"):
        if not values.get(name):
            raise invalid(name, "missing_field", "It should be a/an String" if name[0] in "sd" else "It is missing")
    requester = account.contact_of(values)
    stored = {name: value for name, value in values.items() if name not in ("name", "email")}
    row = account.add(account.tickets, {
        "source": 2, "type": None, "responder_id": None, "group_id": None, **stored, "requester_id": requester,
        "description_text": plain(values["description"]), "deleted": False,
        "attachments": [account.attach(file) for file in call.files],
    })  # fmt: skip
    return answer(row, 201)


def list_tickets(account: Account, call: Call) -> Response:
    since = call.query.get("updated_since")
    order = call.query.get("order_by", "created_at")
    if order not in ("created_at", "updated_at", "due_by", "status"):
        raise invalid("order_by", "invalid_value", "It should be one of 'created_at,due_by,updated_at,status'")
    rows = [row for row in account.tickets.values() if not row["deleted"]]
    if since:
        rows = [row for row in rows if moment(row["updated_at"]) >= moment(since)]
    rows.sort(key=lambda row: (row[order], row["id"]), reverse=call.query.get("order_type", "desc") == "desc")
    return _page(account, call, map(_listed, rows), "tickets")


def show_ticket(account: Account, call: Call) -> Response:
    return answer(_row(account.tickets, call.ids[0]))


def update_ticket(account: Account, call: Call) -> Response:
    row = _row(account.tickets, call.ids[0])
    if row["deleted"]:
        raise ApiError(405)
    _check_ticket(account, call.values)
    custom = {**row["custom_fields"], **(call.values.get("custom_fields") or {})}
    row.update(call.values)
    row.update(custom_fields=custom, updated_at=account.stamp())
    return answer(row)


def delete_ticket(account: Account, call: Call) -> Response:
    row = _row(account.tickets, call.ids[0])
    if row["deleted"]:
        raise ApiError(405)
    row.update(deleted=True, updated_at=account.stamp())
    return answer(status=204)


def conversations(account: Account, call: Call) -> Response:
    number = call.ids[0]
    if _row(account.tickets, number)["deleted"]:
        raise ApiError(404)
    rows = [row for row in account.conversations.values() if row["ticket_id"] == number]
    return _page(account, call, rows, f"tickets/{number}/conversations")


def _comment(account: Account, call: Call, private: bool) -> Response:
    number = call.ids[0]
    if _row(account.tickets, number)["deleted"]:
        raise ApiError(404)
    if not call.values.get("body"):
        raise invalid("body", "missing_field", "It should be a/an String")
    author = account.integration["id"]
    return answer(account.comment(number, author, call.values["body"], private, call.files), 201)


def reply(account: Account, call: Call) -> Response:
    return _comment(account, call, False)


def note(account: Account, call: Call) -> Response:
    return _comment(account, call, bool(call.values.get("private", True)))


# -- customers and companies
def _save(account: Account, call: Call, table: dict[int, Row], unique: tuple[str, ...]) -> Response:
    """Create or update a record, unless another has one of its unique values."""
    row = _row(table, call.ids[0]) if call.ids else None
    for other in table.values():
        for name in unique:
            if other is not row and call.values.get(name) and other.get(name) == call.values[name]:
                raise invalid(name, "duplicate_value", "It should be a unique value", 409)
    if row is None:
        return answer(account.add(table, call.values), 201)
    custom = {**row["custom_fields"], **(call.values.get("custom_fields") or {})}
    row.update(call.values)
    row.update(custom_fields=custom, updated_at=account.stamp())
    return answer(row)


def save_contact(account: Account, call: Call) -> Response:
    _known(call.values, _CONTACT)
    return _save(account, call, account.contacts, ("email", "unique_external_id"))


def list_contacts(account: Account, call: Call) -> Response:
    wanted = {name: call.query[name] for name in ("email", "unique_external_id") if name in call.query}
    rows = [row for row in account.contacts.values() if all(row.get(name) == wanted[name] for name in wanted)]
    return _page(account, call, rows, "contacts")


def save_company(account: Account, call: Call) -> Response:
    _known(call.values, _COMPANY)
    for name in call.values.get("custom_fields") or ():
        if name != COMPANY_FIELD:
            raise invalid(name, "invalid_field", "Unexpected/invalid field in request")
    return _save(account, call, account.companies, ("name",))


def autocomplete(account: Account, call: Call) -> Response:
    start = call.query.get("name", "").lower()
    rows = [row for row in account.companies.values() if row["name"].lower().startswith(start)]
    return answer({"companies": [{"id": row["id"], "name": row["name"]} for row in rows]})


def products(account: Account, call: Call) -> Response:
    if not account.config["products"]:
        raise refused(403, "require_feature", "The Multi Product feature is not supported in your plan")
    return answer([{"id": 65, "name": "Acme"}])


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "tickets", list_tickets),
    ("POST", "tickets", create_ticket),
    ("GET", "tickets/{}", show_ticket),
    ("PUT", "tickets/{}", update_ticket),
    ("DELETE", "tickets/{}", delete_ticket),
    ("GET", "tickets/{}/conversations", conversations),
    ("POST", "tickets/{}/reply", reply),
    ("POST", "tickets/{}/notes", note),
    ("GET", "search/tickets", lambda account, call: _search(account, call, account.tickets)),
    ("GET", "search/companies", lambda account, call: _search(account, call, account.companies)),
    ("GET", "contacts", list_contacts),
    ("POST", "contacts", save_contact),
    ("PUT", "contacts/{}", save_contact),
    ("POST", "companies", save_company),
    ("GET", "companies/autocomplete", autocomplete),
    ("GET", "companies/{}", lambda account, call: answer(_row(account.companies, call.ids[0]))),
    ("PUT", "companies/{}", save_company),
    ("GET", "ticket_fields", lambda account, call: answer(account.fields)),
    ("GET", "groups", lambda account, call: answer([{"id": 66, "name": "Support"}])),
    ("GET", "products", products),
    ("GET", "agents/me", lambda account, call: answer(account.integration)),
]


def find(method: str, path: str) -> tuple[Handler, list[int]] | None:
    """The handler of a path below the API, and the ids in it."""
    parts = path.strip("/").split("/")
    shape = "/".join("{}" if part.isdecimal() else part for part in parts)
    ids = [int(part) for part in parts if part.isdecimal()]
    return next(((handler, ids) for verb, route, handler in ROUTES if (verb, route) == (method, shape)), None)
