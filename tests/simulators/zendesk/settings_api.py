"""Calls on what an account is set up with: fields, forms, brands, groups, statuses, triggers."""

from __future__ import annotations

from collections.abc import Iterable

from . import field_values, paging, shapes, stock
from .errors import forbidden, not_found, one_problem
from .messages import Call, Response, answer
from .routes import ADMIN, Handler, Route
from .table import Row


def _list(kind: str, key: str) -> Handler:
    def handler(call: Call) -> Response:
        rows: Iterable[Row] = call.account.records.table(kind)
        if "active" in call.query:
            rows = [row for row in rows if str(row.get("active", True)).lower() == call.query["active"]]
        return paging.listing(call, key, list(rows), lambda row: shapes.record(call.account, kind, row))

    return handler


def _show(kind: str) -> Handler:
    def handler(call: Call) -> Response:
        row = call.account.records.table(kind).get(call.number())
        if row is None:
            raise not_found()
        return answer(200, {kind: shapes.record(call.account, kind, row)})

    return handler


def _save(call: Call, kind: str, row: Row, new: bool) -> Response:
    stamp = call.account.stamp()
    if new:
        row |= {"id": call.account.ids.number(), "created_at": stamp}
    row["updated_at"] = stamp
    call.account.save(kind, row, call.actor, "create" if new else "update")
    return answer(201 if new else 200, {kind: shapes.record(call.account, kind, row)})


def create_field(call: Call) -> Response:
    values = call.record("ticket_field")
    if values.get("type") not in field_values.TYPES:
        raise one_problem("type", f"Type: {values.get('type')} is not valid", "InvalidValue")
    if not values.get("title"):
        raise one_problem("title", "Title: cannot be blank", "BlankValue")
    response = _save(call, "ticket_field", stock.ticket_field(values), True)
    for form in [row for row in call.account.records.ticket_forms if row["default"]]:
        fields = [*form["ticket_field_ids"], response.body["ticket_field"]["id"]]
        call.account.save("ticket_form", {**form, "ticket_field_ids": fields}, call.actor, "update")
    return response


def update_field(call: Call) -> Response:
    row = call.account.records.ticket_fields.get(call.number())
    if row is None:
        raise not_found()
    values = call.record("ticket_field")
    changed: Row = {name: values[name] for name in ("title", "description", "active", "required", "position", "tag",
                                               "regexp_for_validation") if name in values}  # fmt: skip
    if "custom_field_options" in values:
        changed["custom_field_options"] = stock.choices(values["custom_field_options"])
    return _save(call, "ticket_field", {**row, **changed}, False)


def delete_field(call: Call) -> Response:
    row = call.account.records.ticket_fields.get(call.number())
    if row is None:
        raise not_found()
    if not row["removable"]:
        raise forbidden("System fields cannot be deleted")
    call.account.remove("ticket_field", row["id"], call.actor)
    return answer(204)


def _create_keyed(kind: str) -> Handler:
    def handler(call: Call) -> Response:
        values = call.record(kind)
        if not values.get("key"):
            raise one_problem("key", "Key: cannot be blank", "BlankValue")
        if any(row["key"] == values["key"] for row in call.account.records.table(kind)):
            raise one_problem("key", "Key: has already been taken", "DuplicateValue")
        return _save(call, kind, stock.keyed_field(values), True)

    return handler


def create_group(call: Call) -> Response:
    values = call.record("group")
    if not values.get("name"):
        raise one_problem("name", "Name: cannot be blank", "BlankValue")
    row = {"name": values["name"], "description": values.get("description") or "", "default": False,
           "is_public": values.get("is_public", True), "deleted": False}  # fmt: skip
    return _save(call, "group", row, True)


def create_membership(call: Call) -> Response:
    values = call.record("group_membership")
    user, group = call.account.user(values.get("user_id")), call.account.records.groups.get(values.get("group_id"))
    if user is None or user["role"] == "end-user" or group is None:
        raise one_problem("base", "Group membership: agent or group is invalid", "InvalidValue")
    row = {"user_id": user["id"], "group_id": group["id"], "default": bool(values.get("default"))}
    return _save(call, "group_membership", row, True)


def delete_membership(call: Call) -> Response:
    if call.account.records.group_memberships.get(call.number()) is None:
        raise not_found()
    call.account.remove("group_membership", call.number(), call.actor)
    return answer(204)


def create_trigger(call: Call) -> Response:
    values = call.record("trigger")
    if not values.get("title") or not values.get("actions"):
        raise one_problem("base", "Trigger: needs a title and actions", "BlankValue")
    records = call.account.records.triggers
    row = {
        "title": values["title"], "raw_title": values["title"], "active": values.get("active", True),
        "position": values.get("position") or len(records) + 1, "default": False, "category_id": "1",
        "conditions": values.get("conditions") or {"all": [], "any": []}, "actions": values["actions"],
        "description": values.get("description"),
    }  # fmt: skip
    return _save(call, "trigger", row, True)


def update_trigger(call: Call) -> Response:
    row = call.account.records.triggers.get(call.number())
    if row is None:
        raise not_found()
    values = call.record("trigger")
    names = ("title", "active", "position", "conditions", "actions", "description")
    return _save(call, "trigger", {**row, **{name: values[name] for name in names if name in values}}, False)


def delete_trigger(call: Call) -> Response:
    if call.account.records.triggers.get(call.number()) is None:
        raise not_found()
    call.account.remove("trigger", call.number(), call.actor)
    return answer(204)


_READ_ONLY = {
    "ticket_field": "ticket_fields", "ticket_form": "ticket_forms", "brand": "brands", "group": "groups",
    "custom_status": "custom_statuses", "group_membership": "group_memberships", "user_field": "user_fields",
    "organization_field": "organization_fields", "trigger": "triggers",
}  # fmt: skip
ROUTES = [
    *(Route("GET", path, _list(kind, path)) for kind, path in _READ_ONLY.items()),
    *(Route("GET", f"{path}/{{id}}", _show(kind)) for kind, path in _READ_ONLY.items()),
    Route("GET", "groups/assignable", _list("group", "groups")),
    Route("POST", "ticket_fields", create_field, role=ADMIN),
    Route("PUT", "ticket_fields/{id}", update_field, role=ADMIN),
    Route("DELETE", "ticket_fields/{id}", delete_field, role=ADMIN),
    Route("POST", "user_fields", _create_keyed("user_field"), role=ADMIN),
    Route("POST", "organization_fields", _create_keyed("organization_field"), role=ADMIN),
    Route("POST", "groups", create_group, role=ADMIN),
    Route("POST", "group_memberships", create_membership, role=ADMIN),
    Route("DELETE", "group_memberships/{id}", delete_membership, role=ADMIN),
    Route("POST", "triggers", create_trigger, "triggers", ADMIN),
    Route("PUT", "triggers/{id}", update_trigger, "triggers", ADMIN),
    Route("DELETE", "triggers/{id}", delete_trigger, "triggers", ADMIN),
]
