"""Screens at 1,000,000 partners and links and 2,000,000 messages, as an operator's browser reads them."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

from setup.lib.bench import BenchContext
from setup.lib.console import say, table
from setup.lib.rpc import OdooRpc
from tests.end_to_end.connection import Connection
from tests.stack import Stack

from .operations_data import Sizes, fill
from .screens import ADDONS, Browser, Timed, timed

PASSWORD = "operations"
# Screens that people work in all day, with a bar of their own: (list, what is read of it).
DAILY = ("list", "group rule_id", "search record_name", "search external_id", "search name", "search title")


def run(ctx: BenchContext) -> dict:
    """Fill a database, then read each screen; bars are those of the full size."""
    sizes = Sizes().scaled(ctx.scale)
    with ctx.stack("bench_operations", workers=2, simulator=True) as stack:
        connection = Connection(stack, stack.simulator, name="Bench")
        browsers = _users(stack)
        started = time.monotonic()
        for made in fill(stack, connection.id, sizes):
            ctx.say(f"{made}, {time.monotonic() - started:.0f} s")
        _trigger(stack, "cron_recount")
        ctx.say(f"figures counted, {time.monotonic() - started:.0f} s")
        stack.sql("VACUUM ANALYZE retail_sync_record_status")
        found = _screens(stack, browsers, ctx)
        overview, _answer = timed(lambda: browsers["operator"].rpc("retail.sync.connection", "get_overview"), times=9)
        with_ours, without = _partner_form(stack, browsers["operator"])
    return _result(found, overview, with_ours, without)


def _users(stack: Stack) -> dict[str, Browser]:
    """Make an operator and a steward of the first company, beside a company whose customers they do not see."""
    [(company,)] = stack.sql("SELECT min(id) FROM res_company")
    stack.rpc("res.company", "create", [[{"name": "Another company"}]])
    browsers = {}
    for role in ("operator", "steward", "manager"):
        names = ["base.group_user", "sales_team.group_sale_salesman_all_leads", f"retail_sync.group_{role}"]
        groups = stack.sql(
            "SELECT res_id FROM ir_model_data WHERE model = 'res.groups' AND module || '.' || name = ANY(%s)", [names]
        )
        values = {
            "name": role, "login": role, "password": PASSWORD, "company_id": company,
            "company_ids": [(6, 0, [company])],
            "group_ids": [(6, 0, [group for (group,) in groups])],
        }  # fmt: skip
        [uid] = stack.rpc("res.users", "create", [[values]])
        browsers[role] = Browser(OdooRpc(stack.url, stack.db, role, PASSWORD, timeout=600), uid)
    return browsers


def _trigger(stack: Stack, name: str) -> None:
    [(cron,)] = stack.sql("SELECT res_id FROM ir_model_data WHERE module = 'retail_sync' AND name = %s", [name])
    stack.rpc("ir.cron", "method_direct_trigger", [[cron]])


def _screens(stack: Stack, browsers: dict[str, Browser], ctx: BenchContext) -> list[Timed]:
    """Time the lists of all actions of the addons, each as the user with the least rights who may open it."""
    ids = stack.sql(
        "SELECT res_id FROM ir_model_data WHERE model = 'ir.actions.act_window' AND module = ANY(%s)", [list(ADDONS)]
    )
    fields = ["name", "res_model", "domain", "search_view_id", "view_mode", "target"]
    actions = [
        action
        for action in stack.rpc("ir.actions.act_window", "read", [[id_ for (id_,) in ids], fields])
        if "list" in action["view_mode"] and action["target"] != "new"
    ]
    found: list[Timed] = []
    opened: set[tuple[str, str]] = set()
    for browser in browsers.values():
        for screen in browser.screens(
            [entry for entry in actions if (entry["name"], entry["res_model"]) not in opened]
        ):
            opened.add((screen.name, screen.model))
            for entry in browser.walk(screen):
                found.append(entry)
                if entry.ms > 300:
                    ctx.say(f"{entry.screen}, {entry.action}: {entry.ms:.0f} ms")
    # Filters that the addons put into the lists of Odoo, and nothing else of those.
    views = stack.sql(
        "SELECT view.model, view.arch_db ->> 'en_US' FROM ir_ui_view view"
        " JOIN ir_model_data data ON data.res_id = view.id AND data.model = 'ir.ui.view'"
        " WHERE view.type = 'search' AND view.inherit_id IS NOT NULL AND data.module = ANY(%s)",
        [list(ADDONS)],
    )
    for model, arch in views:
        action = {"name": model, "res_model": model, "domain": "[]", "search_view_id": False}
        for screen in browsers["operator"].screens([action]):
            for entry in browsers["operator"].walk(screen, only=ET.fromstring(arch)):
                found.append(entry)
                ctx.say(f"{entry.screen}, {entry.action}: {entry.ms:.0f} ms")
    return found


def _partner_form(stack: Stack, browser: Browser) -> tuple[float, float]:
    """Milliseconds to read a linked partner's form with our fields, and the same without them."""
    [(partner,)] = stack.sql(
        "SELECT res_id FROM retail_sync_message WHERE state = 'open' AND res_model = 'res.partner'"
        " ORDER BY id DESC LIMIT 1"
    )
    ours = {
        name
        for (name,) in stack.sql(
            "SELECT field.name FROM ir_model_fields field JOIN ir_model_data data ON data.res_id = field.id"
            " AND data.model = 'ir.model.fields' WHERE field.model = 'res.partner' AND data.module = ANY(%s)",
            [list(ADDONS)],
        )
    }
    wanted, read = browser.form("res.partner", partner)
    plain = {name: value for name, value in wanted.items() if name not in ours}
    if len(plain) == len(wanted):
        raise RuntimeError("the form has none of our fields")
    return timed(lambda: read(wanted), times=15)[0], timed(lambda: read(plain), times=15)[0]


def _result(found: list[Timed], overview: float, with_ours: float, without: float) -> dict:
    slow = sorted(found, key=lambda entry: -entry.ms)
    say(
        table(
            ["screen", "read as", "rows", "ms"],
            [[entry.screen, entry.action, entry.rows, round(entry.ms)] for entry in slow[:40]],
        )
    )
    daily = [entry for entry in found if entry.action in DAILY]
    metrics = {f"{entry.screen}, {entry.action} (ms)": round(entry.ms) for entry in slow if entry.ms > 100}
    metrics |= {
        "screens": len({entry.screen for entry in found}), "reads": len(found), "overview (ms)": round(overview),
        "partner form (ms)": round(with_ours), "partner form without our fields (ms)": round(without),
    }  # fmt: skip
    bars = (
        ("partner form over the same without our fields (ms)", round(with_ours - without), "<=", 60),
        ("overview (ms)", round(overview), "<", 300),
        ("slowest of lists, causes and names (ms)", round(max(entry.ms for entry in daily)), "<", 500),
        ("slowest filter, group or search (ms)", round(slow[0].ms), "<", 1000),
    )
    return {
        "metrics": metrics,
        "bars": [{"name": name, "value": value, "op": op, "bar": bar} for name, value, op, bar in bars],
    }
