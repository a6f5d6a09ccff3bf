"""The control API under a prefix that is no platform path."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import automations, control_events, keeping, storage
from .clock import epoch_of, format_datetime, parse_datetime
from .conversion import convert
from .errors import ApiError, not_found
from .field_factory import field_from_describe, new_custom_object
from .ids import to18
from .importer import Importer
from .journal import Origin
from .merge import merge
from .messages import Request, Response
from .org import Context, Org
from .seed import seed
from .standard_objects import add_fields
from .validation import RULE_OPERATORS
from .writer import Writer

PREFIX = "/__sim__"


def handle(org: Org, request: Request) -> Response:
    path = request.path[len(PREFIX) :].strip("/")
    action = _ACTIONS.get((request.method, path))
    try:
        if action is None:
            raise not_found(f"no control action {request.method} {path}")
        with org.lock:
            # Loading is the org's past: it makes no news.
            org.store.origin = Origin("seed" if path in ("seed", "import") else "control")
            try:
                return Response(200, action(org, request))
            finally:
                org.hub.publish_committed()
    except ApiError as error:
        return Response.of_error(error)
    except (KeyError, TypeError, ValueError) as error:
        return Response.of_error(ApiError("INVALID_CONTROL_CALL", f"{type(error).__name__}: {error}"))


def _body(request: Request) -> dict[str, Any]:
    return request.json_object() if request.body.strip() else {}


# -- org
def _health(org: Org, request: Request) -> dict[str, Any]:
    return {"status": "ok", "pid": os.getpid(), "org_id": org.org_id, "time": format_datetime(org.clock.now())}


def _config(org: Org, request: Request) -> dict[str, Any]:
    if request.method == "PATCH":
        org.apply_config(_body(request))
    return org.config.as_dict()


def _reset(org: Org, request: Request) -> dict[str, Any]:
    org.reset(keep_schema=bool(_body(request).get("keep_schema")))
    return {"status": "ok"}


def _stats(org: Org, request: Request) -> dict[str, Any]:
    by_path: dict[str, int] = {}
    for call in org.calls:
        key = f"{call['method']} {call['path']}"
        by_path[key] = by_path.get(key, 0) + 1
    reads = sum(1 for call in org.calls if call["method"] == "GET")
    return {
        "calls_total": len(org.calls), "calls_counted": org.usage.total, "calls_by_path": by_path, "reads": reads,
        "writes": org.hub.trimmed + len(org.store.journal), "in_flight": org.usage.in_flight,
        "tokens": len(org.authority.tokens),
        "logins": sum(1 for call in org.calls if call["path"].endswith("/oauth2/token") and call["status"] == 200),
        "records_by_object": {t.defn.name: len(t.live) for t in org.store.tables() if t.live},
        "deleted_by_object": {t.defn.name: len(t.bin) for t in org.store.tables() if t.bin},
        "users": org.users, "standard_pricebook": org.standard_pricebook,
    }  # fmt: skip


def _clock(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    if "freeze" in body:
        org.clock.freeze(_moment(body["freeze"]) if body["freeze"] else None)
    if body.get("advance_seconds"):
        org.clock.advance(float(body["advance_seconds"]))
    org.bulk_worker.wake()
    org.hub.wake()
    return {"now": format_datetime(org.clock.now()), "frozen": org.clock.frozen}


# -- records
def _seed(org: Org, request: Request) -> dict[str, Any]:
    return {"ids": seed(org, _body(request))}


def _import(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    names = [body["dir"]] if body.get("dir") else body.get("files") or []
    return Importer(org, body.get("user") or "human").run([Path(name) for name in names])


def _records(org: Org, request: Request) -> list[dict[str, Any]]:
    query = request.query
    defn = org.schema.get(query.get("object", ""))
    table = org.store.table(defn.name)
    rows = list(table.live.values())
    if query.get("deleted") in ("1", "true"):
        rows += list(table.bin.values())
    if query.get("ids"):
        wanted = {to18(part) for part in query["ids"].split(",")}
        rows = [row for row in rows if row["Id"] in wanted]
    return rows


def _context(org: Org, body: dict[str, Any]) -> Context:
    return org.context(body.get("user") or "human", allow_save=True, lenient="csv", origin="control")


def _by_hand(write: Callable[[Org, Writer, dict[str, Any]], Any]) -> Callable[[Org, Request], dict[str, Any]]:
    """One write in the name of ``user``, at the moment ``at`` when the body gives one."""

    def act(org: Org, request: Request) -> dict[str, Any]:
        body = _body(request)
        with org.clock.at(_moment(body["at"]) if body.get("at") else None):
            return {"id": write(org, Writer(org, _context(org, body)), body)}

    return act


def _moment(text: str) -> float:
    stamp = parse_datetime(text)
    if stamp is None:
        raise ApiError("INVALID_CONTROL_CALL", f"not a datetime with a zone: {text}")
    return epoch_of(stamp)


def _edit_many(org: Org, request: Request) -> dict[str, Any]:
    """Write many updates, each in its own transaction; refusals are reported at the end."""
    body = _body(request)
    writer = Writer(org, _context(org, body))
    refused = []
    for record_id, fields in body["records"]:
        try:
            writer.update(body.get("object"), record_id, fields)
        except ApiError as error:
            refused.append({"id": record_id, **error.item()})
        org.hub.publish_committed()
    return {"written": len(body["records"]) - len(refused), "refused": refused}


_create = _by_hand(lambda org, writer, body: writer.insert(body["object"], body["fields"]))
_edit = _by_hand(lambda org, writer, body: writer.update(body.get("object"), body["id"], body["fields"]))
_delete = _by_hand(lambda org, writer, body: writer.delete(body.get("object"), body["id"]))
_hard_delete = _by_hand(lambda org, writer, body: writer.hard_delete(body.get("object"), body["id"]))


def _purge(org: Org, request: Request) -> dict[str, int]:
    """Empty the recycle bin of the whole org, and forget what was in it: the log of deletions starts now."""
    count, stamp = 0, format_datetime(org.clock.now())
    with org.store.transaction():
        for table in org.store.tables():
            for record_id in list(table.bin):
                org.store.put(table, record_id, None, op="hard_delete", user="human", stamp=stamp)
                count += 1
            table.deletions.clear()
    org.store.purged_at = stamp
    return {"purged": count}


_undelete = _by_hand(lambda org, writer, body: writer.remover.undelete(body["id"]))
_merge = _by_hand(
    lambda org, writer, body: merge(
        org, writer.context, body["object"], body["winner"], list(body["losers"]), body.get("fields") or {}
    )
)


_convert = _by_hand(lambda org, writer, body: convert(org, writer, body["id"]))


# -- faults, tokens, schema, rules
def _add_fault(org: Org, request: Request) -> dict[str, Any]:
    return {"id": org.faults.add(_body(request)).id}


def _list_faults(org: Org, request: Request) -> list[dict[str, Any]]:
    return [fault.as_dict() for fault in org.faults.faults]


def _clear_faults(org: Org, request: Request) -> dict[str, Any]:
    number = request.query.get("id")
    org.faults.remove(int(number)) if number else org.faults.clear()
    return {"status": "ok"}


def _revoke(org: Org, request: Request) -> dict[str, Any]:
    return {"revoked": org.authority.revoke_all()}


def _app(org: Org, request: Request) -> dict[str, Any]:
    app = org.authority.register(_body(request))
    return {"client_id": app.client_id}


def _schema(org: Org, request: Request) -> dict[str, Any]:
    body = _body(request)
    fields = [field_from_describe(entry, body["object"]) for entry in body.get("fields") or ()]
    if body["object"].lower().endswith("__e"):
        return {"object": body["object"], "fields": org.platform_events.define(body["object"], fields)}
    defn = org.schema.find(body["object"])
    if defn is None:
        defn = new_custom_object(org.schema, body["object"], fields)
        defn.changed = org.clock.now()
    else:
        add_fields(org.schema, defn, fields, org.clock.now())
        org.store.table(defn.name).drop_indexes()
    removed = {name.lower() for name in body.get("remove") or ()}
    if removed:
        defn.all_fields = [field for field in defn.all_fields if field.name.lower() not in removed]
        org.schema.add_fields(defn, [], org.clock.now())
    return {"object": defn.name, "prefix": defn.prefix, "fields": [field.name for field in defn.fields.values()]}


def _duplicate_rule(org: Org, request: Request) -> dict[str, Any]:
    if request.method == "DELETE":
        org.duplicate_rules.clear()
        return {"status": "ok"}
    rule = {"action": "block", "name": "Duplicate_Rule", **_body(request)}
    defn = org.schema.get(rule["object"])
    if rule["action"] not in ("alert", "block") or not rule.get("fields"):
        raise ApiError("INVALID_CONTROL_CALL", "a duplicate rule needs fields, and action alert or block")
    unknown = [name for name in rule["fields"] if defn.field(name) is None]
    if unknown:
        raise ApiError("INVALID_CONTROL_CALL", f"no such fields on {defn.name}: {', '.join(unknown)}")
    org.duplicate_rules.append(rule)
    return rule


def _validation_rule(org: Org, request: Request) -> dict[str, Any]:
    if request.method == "DELETE":
        org.validation_rules.clear()
        return {"status": "ok"}
    rule = _body(request)
    defn = org.schema.get(rule["object"])
    if defn.field(rule["field"]) is None or rule["op"] not in RULE_OPERATORS or not rule["message"]:
        known = ", ".join(sorted(RULE_OPERATORS))
        raise ApiError("INVALID_CONTROL_CALL", f"a validation rule needs a known field, a message, and one of: {known}")
    org.validation_rules.append(rule)
    return rule


def _automation(org: Org, request: Request) -> Any:
    if request.method == "DELETE":
        org.automations.clear()
        return {"status": "ok"}
    if request.method == "GET":
        return [{"name": each.name, "object": each.object, "runs": each.runs} for each in org.automations]
    org.automations.append(automations.make(org, _body(request)))
    return {"name": org.automations[-1].name}


# -- calls
def _calls(org: Org, request: Request) -> list[dict[str, Any]]:
    return org.calls[int(request.query.get("since") or 0) :]


_ACTIONS = {
    ("GET", "health"): _health, ("GET", "config"): _config, ("PATCH", "config"): _config, ("POST", "reset"): _reset,
    ("GET", "stats"): _stats, ("POST", "clock"): _clock, ("GET", "clock"): _clock, ("POST", "seed"): _seed,
    ("POST", "import"): _import, ("GET", "records"): _records, ("POST", "create"): _create, ("POST", "edit"): _edit,
    ("POST", "delete"): _delete, ("POST", "undelete"): _undelete, ("POST", "hard_delete"): _hard_delete,
    ("POST", "purge"): _purge,
    ("POST", "merge"): _merge, ("POST", "convert"): _convert,
    ("POST", "faults"): _add_fault, ("GET", "faults"): _list_faults,
    ("DELETE", "faults"): _clear_faults, ("POST", "tokens/revoke"): _revoke, ("POST", "apps"): _app,
    ("POST", "schema"): _schema, ("POST", "duplicate_rules"): _duplicate_rule,
    ("DELETE", "duplicate_rules"): _duplicate_rule, ("POST", "validation_rules"): _validation_rule,
    ("DELETE", "validation_rules"): _validation_rule, ("POST", "automations"): _automation,
    ("GET", "automations"): _automation, ("DELETE", "automations"): _automation,
    ("GET", "calls"): _calls, ("POST", "edit_many"): _edit_many,
    **control_events.ACTIONS, **keeping.ACTIONS, **storage.ACTIONS,
}  # fmt: skip
