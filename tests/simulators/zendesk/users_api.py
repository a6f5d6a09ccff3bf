"""Calls on users and their identities."""

from __future__ import annotations

from collections.abc import Callable

from . import identities, paging, people, search_api, shapes
from .errors import ApiError, not_found, one_problem
from .jobs import Failed, Step
from .messages import Call, Response, answer
from .people import UserWriter, by_external_id
from .rate_limits import Limit
from .routes import ANYBODY, Route
from .table import Row
from .ticket_bulk import reply
from .tickets_api import warn

SORTS = ("name", "created_at", "updated_at")


def _update_limits(call: Call) -> list[Limit]:
    return [Limit("users-update", "rate_limit_user_update", key=call.args["id"])]


def _list(call: Call, rows: list[Row]) -> Response:
    return paging.listing(call, "users", rows, lambda row: shapes.user(call.account, row), SORTS)


def _body(call: Call, row: Row) -> dict[str, Row]:
    return {"user": shapes.user(call.account, row)}


def index(call: Call) -> Response:
    users = call.account.records.users
    roles = [value for name, value in call.query.items() if name in ("role", "role[]")]
    rows = [row for role in roles for row in users.find("role", role)] if roles else list(users)
    return _list(call, sorted((row for row in rows if row["active"]), key=lambda row: row["id"]))


def of_organization(call: Call) -> Response:
    rows = call.account.records.users.find("organization", call.number())
    return _list(call, [row for row in rows if row["active"]])


def count(call: Call) -> Response:
    total = sum(row["active"] for row in call.account.records.users)
    return answer(200, {"count": {"value": total, "refreshed_at": call.account.stamp()}})


def me(call: Call) -> Response:
    return answer(200, _body(call, call.user))


def show(call: Call) -> Response:
    """A user, also one that was deleted: then ``active`` is false."""
    row = call.account.records.users.get(call.number())
    if row is None or not (row["active"] or call.account.config.deleted_users_are_shown):
        raise not_found()
    return answer(200, _body(call, row))


def show_many(call: Call) -> Response:
    rows = [call.account.user(int(text)) for text in call.listed() if text.isdigit()]
    rows += [by_external_id(call.account, text) for text in call.listed("external_ids")]
    return _list(call, [row for row in rows if row is not None])


def search(call: Call) -> Response:
    """Users by ``external_id``, at once, or by ``query``, as the index shows them."""
    account = call.account
    if "external_id" in call.query:
        found = by_external_id(account, call.query["external_id"])
        return _list(call, [found] if found else [])
    text = call.query.get("query", "")
    if account.config.user_search_is_indexed:
        return _list(call, search_api.found(account, f"type:user {text}", call.user["id"])[1])
    email = text.partition(":")[2] if text.startswith("email:") else text
    row = account.user(account.owner("email", email.strip('"')))
    return _list(call, [row] if row else [])


def create(call: Call) -> Response:
    values = call.record("user")
    warn(call, values, people.KNOWN)
    row = UserWriter(call.account, call.actor).create(values)
    return answer(201, _body(call, row), {"Location": call.account.url(f"users/{row['id']}")})


def update(call: Call) -> Response:
    values = call.record("user")
    warn(call, values, people.KNOWN)
    return answer(200, _body(call, UserWriter(call.account, call.actor).update(call.number(), values)))


def create_or_update(call: Call) -> Response:
    values = call.record("user")
    warn(call, values, people.KNOWN)
    row, new = UserWriter(call.account, call.actor).create_or_update(values)
    headers = {"Location": call.account.url(f"users/{row['id']}")} if new else {}
    return answer(201 if new else 200, _body(call, row), headers)


def delete(call: Call) -> Response:
    return answer(200, _body(call, UserWriter(call.account, call.actor).delete(call.number())))


def merge(call: Call) -> Response:
    winner = call.record("user").get("id")
    if winner is None and call.record("user").get("email"):
        winner = call.account.owner("email", str(call.record("user")["email"]))
    row = UserWriter(call.account, call.actor).merge(call.number(), winner if isinstance(winner, int) else -1)
    return answer(200, _body(call, row))


# -- many
def _failed(name: str, values: list[Row]) -> Failed:
    def result(index: int, error: ApiError) -> Row:
        keys = {key: values[index][key] for key in ("id", "email", "external_id") if values[index].get(key)}
        return {**keys, "index": index, "error": name, "details": error.text(), "status": "Failed", "success": False}

    return result


def _job(call: Call, kind: str, error: str, run: Callable[[Row], tuple[Row, str]]) -> Response:
    values = call.records("users")

    def step(index: int, each: Row) -> Step:
        def result() -> Row:
            row, status = run(each)
            return {"id": row["id"], "index": index, "status": status, "success": True, "email": row["email"],
                    "external_id": row["external_id"]}  # fmt: skip

        return result

    steps = [step(i, each) for i, each in enumerate(values)]
    return reply(call, call.account.jobs.add(kind, steps, _failed(error, values)))


def create_many(call: Call) -> Response:
    writer = UserWriter(call.account, call.job_actor)
    return _job(call, "Bulk Create User", "UserCreateError", lambda values: (writer.create(values), "Created"))


def update_many(call: Call) -> Response:
    writer = UserWriter(call.account, call.job_actor)

    def run(values: Row) -> tuple[Row, str]:
        number = writer.match(values)
        return writer.update(-1 if number is None else number, values), "Updated"

    return _job(call, "Bulk Update User", "UserUpdateError", run)


def create_or_update_many(call: Call) -> Response:
    writer = UserWriter(call.account, call.job_actor)

    def run(values: Row) -> tuple[Row, str]:
        row, new = writer.create_or_update(values)
        return row, "Created" if new else "Updated"

    return _job(call, "Bulk Create Or Update User", "UserUpdateError", run)


# -- identities
def _identity(call: Call) -> Row:
    row = call.account.records.identities.get(call.number("identity"))
    if row is None or row["user_id"] != call.number():
        raise not_found()
    return row


def _owner(call: Call) -> Row:
    row = call.account.user(call.number())
    if row is None:
        raise not_found()
    return row


def list_identities(call: Call) -> Response:
    rows = call.account.records.identities.find("user", _owner(call)["id"])
    return paging.listing(call, "identities", rows, lambda row: shapes.identity(call.account, row))


def add_identity(call: Call) -> Response:
    user, values = _owner(call), call.record("identity")
    row = identities.add(call.account, call.actor, user, values)
    if row["type"] == "email" and not row["verified"]:
        UserWriter(call.account, call.actor).welcome({**user, "verified": False}, values, row["value"])
    return answer(201, {"identity": shapes.identity(call.account, row)})


def show_identity(call: Call) -> Response:
    return answer(200, {"identity": shapes.identity(call.account, _identity(call))})


def verify_identity(call: Call) -> Response:
    row = call.account.save("identity", {**_identity(call), "verified": True}, call.actor, "update")
    return answer(200, {"identity": shapes.identity(call.account, row)})


def make_primary(call: Call) -> Response:
    identities.make_primary(call.account, call.actor, _owner(call), _identity(call))
    return list_identities(call)


def delete_identity(call: Call) -> Response:
    row = _identity(call)
    if row["primary"] and row["type"] == "email":
        raise one_problem("base", "Identity: the primary address cannot be deleted", "InvalidValue")
    call.account.remove("identity", row["id"], call.actor)
    return answer(204)


ROUTES = [
    Route("GET", "users", index, "users"),
    Route("POST", "users", create, "users"),
    Route("GET", "users/count", count, "users"),
    Route("GET", "users/me", me, "", ANYBODY),
    Route("GET", "users/search", search, "users"),
    Route("GET", "users/show_many", show_many, "users"),
    Route("POST", "users/create_or_update", create_or_update, "users"),
    Route("POST", "users/create_many", create_many, "users"),
    Route("PUT", "users/update_many", update_many, "users"),
    Route("POST", "users/create_or_update_many", create_or_update_many, "users"),
    Route("GET", "users/{id}", show, "users"),
    Route("PUT", "users/{id}", update, "users", limits=_update_limits),
    Route("DELETE", "users/{id}", delete, "users"),
    Route("PUT", "users/{id}/merge", merge, "users"),
    Route("GET", "organizations/{id}/users", of_organization, "users"),
    Route("GET", "users/{id}/identities", list_identities, "users"),
    Route("POST", "users/{id}/identities", add_identity, "users"),
    Route("GET", "users/{id}/identities/{identity}", show_identity, "users"),
    Route("PUT", "users/{id}/identities/{identity}/make_primary", make_primary, "users"),
    Route("PUT", "users/{id}/identities/{identity}/verify", verify_identity, "users"),
    Route("DELETE", "users/{id}/identities/{identity}", delete_identity, "users"),
]
