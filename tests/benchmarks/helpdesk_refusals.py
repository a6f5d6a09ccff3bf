"""Each operation of the published document: without a key, with a wrong scope, of another company, by a machine."""

from __future__ import annotations

import json
import re
from typing import Any

from setup.lib import paths
from setup.lib.bench import BenchContext
from setup.lib.console import say, table

from .helpdesk_calls import Agent
from .helpdesk_stack import helpdesk

_CASES = ("no key", "wrong key", "no scope", "other company")


def run(ctx: BenchContext) -> dict[str, Any]:
    """Call every operation as those who may not; every answer is the right problem."""
    document = json.loads((paths.ROOT / "docs" / "agent-api.v1.json").read_text())
    wrong: list[str] = []
    rows: list[list[object]] = []
    with helpdesk(ctx, "bench_helpdesk_refusals", 1) as desk:
        [company] = desk.stack.rpc("res.company", "create", [[{"name": "Another company"}]])
        callers = {
            "no key": desk.agent("none"),
            "wrong key": desk.agent("0" * 40),
            "no scope": desk.agent(desk.key("Nothing", scope_ids=[[6, 0, []]])),
            "other company": desk.agent(desk.key("Elsewhere", company_ids=[[6, 0, [company]]])),
        }
        callers["no key"]._session.headers.pop("Authorization")
        order = desk.orders[0]
        [partner] = desk.stack.rpc("sale.order", "read", [[order], ["partner_id"]])
        [owner] = desk.stack.rpc("sale.order", "read", [[order], ["company_id"]])
        # Customers of no company are those of all of them.
        desk.stack.rpc("res.partner", "write", [[partner["partner_id"][0]], {"company_id": owner["company_id"][0]}])
        ids = {"order_id": str(order), "customer_id": str(partner["partner_id"][0]), "code": "not_found"}
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                answers = [_call(callers[case], method, path, operation, ids) for case in _CASES]
                rows.append([operation["operationId"], *answers])
                wrong += _faults(operation, path, dict(zip(_CASES, answers, strict=True)))
        wrong += _machine(desk, order, rows)
    say(table(["operation", *_CASES], rows))
    bars = [{"name": "refusals that are not the right ones", "value": len(wrong), "op": "<=", "bar": 0}]
    return {"metrics": {"operations": len(rows), **{f"wrong: {text}": 1 for text in wrong[:10]}}, "bars": bars}


def _call(agent: Agent, method: str, path: str, operation: dict[str, Any], ids: dict[str, str]) -> str:
    uuid = "00000000-0000-4000-8000-000000000000"
    filled = re.sub(r"\{(\w+)\}", lambda found: ids.get(found.group(1), uuid), path)
    query = {}
    for item in operation.get("parameters", []):
        if item["in"] == "query" and item.get("required"):
            query[item["name"]] = item["schema"].get("enum", ["SHOP-00001"])[0]
    if method == "get":
        answer = agent.get(filled, **query)
    else:
        request = {"action": "refund_goodwill", "reason": "other", "amount": "1"}
        body: dict[str, Any] = {"request": request}
        if operation["operationId"] == "submit_action":
            body["token"] = "a.b.c"
        answer = agent.post(filled, body, **{"Idempotency-Key": "a-key-of-the-benchmark"})
    return f"{answer.status} {answer.code}".strip()


def _faults(operation: dict[str, Any], path: str, answers: dict[str, str]) -> list[str]:
    name, scope = operation["operationId"], operation.get("x-scope")
    found = [f"{name}, {case}: {answers[case]}" for case in _CASES[:2] if answers[case] != "401 not_authenticated"]
    if scope and answers["no scope"] != "403 scope_missing":
        found.append(f"{name}, no scope: {answers['no scope']}")
    about_record = "{order_id}" in path or "{customer_id}" in path
    if about_record and answers["other company"] not in ("404 not_found", "403 company_not_allowed"):
        found.append(f"{name}, other company: {answers['other company']}")
    return found


def _machine(desk: Any, order: int, rows: list[list[object]]) -> list[str]:
    """Let a machine refund beyond its cap; the policy lets machines refund shipping and goodwill here."""
    policies = desk.stack.rpc("retail.sync.policy", "search", [[]])
    kinds = desk.stack.rpc("retail.sync.action.kind", "search", [[["code", "=", "refund_goodwill"]]])
    desk.stack.rpc(
        "retail.sync.policy", "write", [policies, {"machine_action_ids": [[6, 0, kinds]], "goodwill_percent": 100}]
    )
    cap = [0, 0, {"name": "hour", "hours": 1, "count": 1, "amount": 1000, "single": 100}]
    machine = desk.agent(desk.key("Machine", kind="machine", cap_ids=[cap]))
    request = {"action": "refund_goodwill", "reason": "goodwill", "amount": "1"}
    first, second = machine.act(order, request), machine.act(order, request)
    rows.append(["machine over its cap", f"{first.status}", f"{second.status} {second.code}", "", ""])
    right = first.status == 201 and (second.status, second.code) == (403, "cap_reached")
    return [] if right else [f"machine: {first.status} {first.text[:200]}; {second.status} {second.code}"]
