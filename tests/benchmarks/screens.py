"""Every screen of the addons as a user's browser reads it: lists with each filter, group and search word, and forms."""

from __future__ import annotations

import ast
import contextlib
import statistics
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from setup.lib.rpc import OdooRpc, RpcError

ADDONS = ("retail_sync", "retail_sync_salesforce")
# As the web client asks: a page, and a count that ends at ten thousand.
PAGE, COUNT_LIMIT = 80, 10_001
TIMES = 3
TEXT_TYPES = ("char", "text", "many2one", "html")


@dataclass(frozen=True, slots=True)
class Timed:
    """How long a screen took: the median of some calls, in milliseconds."""

    screen: str
    action: str
    ms: float
    rows: int


def timed(call: Callable[[], Any], times: int = TIMES) -> tuple[float, Any]:
    """Return (median milliseconds, last result) of a call that was made once before."""
    result, taken = call(), []
    for _ in range(times):
        started = time.perf_counter()
        result = call()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken), result


@dataclass(frozen=True, slots=True)
class Screen:
    """A list that an action opens."""

    name: str
    model: str
    domain: list[Any]
    fields: dict[str, dict[str, Any]]
    search: ET.Element
    specification: dict[str, Any]
    order: str


class Browser:
    """A user's session, and the screens that it can open."""

    def __init__(self, rpc: OdooRpc, uid: int) -> None:
        self.rpc, self.uid = rpc, uid

    def evaluate(self, text: str | None) -> Any:
        """The value of a domain or context in a view: literals and the user's id."""
        tree = ast.parse(text or "[]", mode="eval")
        for node in ast.walk(tree):
            if not isinstance(node, (ast.Expression, ast.List, ast.Tuple, ast.Dict, ast.Constant, ast.Load, ast.Name)):
                if not isinstance(node, (ast.UnaryOp, ast.USub)):
                    raise ValueError(f"no literal: {text}")
        return eval(
            compile(tree, "<view>", "eval"), {"__builtins__": {}}, {"uid": self.uid}
        )  # literals only, see above

    def screens(self, actions: list[dict[str, Any]]) -> Iterator[Screen]:
        """The lists of these actions that the user may open."""
        for action in actions:
            with contextlib.suppress(RpcError):
                yield self._screen(action)

    def _screen(self, action: dict[str, Any]) -> Screen:
        views = [[False, "list"], [action["search_view_id"] and action["search_view_id"][0], "search"]]
        found = self.rpc(action["res_model"], "get_views", [], {"views": views})
        fields = found["models"][action["res_model"]]["fields"]
        arch = ET.fromstring(found["views"]["list"]["arch"])
        return Screen(
            action["name"],
            action["res_model"],
            self.evaluate(action["domain"] or "[]"),
            fields,
            ET.fromstring(found["views"]["search"]["arch"]),
            specification(arch, fields),
            arch.get("default_order") or "",
        )

    def read(self, screen: Screen, domain: list[Any]) -> Any:
        """A page of a list."""
        return self.rpc(
            screen.model,
            "web_search_read",
            [],
            {
                "domain": domain,
                "specification": screen.specification,
                "limit": PAGE,
                "count_limit": COUNT_LIMIT,
                "order": screen.order,
                "context": {"bin_size": True},
            },
        )

    def groups(self, screen: Screen, domain: list[Any], group_by: str) -> Any:
        """The groups of a list."""
        return self.rpc(
            screen.model,
            "web_read_group",
            [],
            {"domain": domain, "groupby": [group_by], "aggregates": [], "limit": PAGE},
        )

    def walk(self, screen: Screen, only: ET.Element | None = None, words: str = "Berg 4711") -> Iterator[Timed]:
        """Time the list alone, and with each filter, group and search word. only: the filters of this view."""

        def entry(what: str, call: Callable[[], Any]) -> Timed:
            ms, result = timed(call)
            rows = result.get("length", len(result.get("groups", ()))) if isinstance(result, dict) else len(result)
            return Timed(screen.name, what, ms, rows)

        if only is None:
            yield entry("list", lambda: self.read(screen, screen.domain))
        for node in (screen.search if only is None else only).iter():
            if node.tag == "filter" and node.get("domain"):
                domain = screen.domain + self.evaluate(node.get("domain"))
                yield entry(f"filter {node.get('name')}", lambda domain=domain: self.read(screen, domain))
            elif node.tag == "filter" and node.get("context"):
                group_by = self.evaluate(node.get("context")).get("group_by")
                if group_by:
                    if ":" not in group_by and screen.fields[group_by]["type"] in ("date", "datetime"):
                        group_by += ":month"  # as the web client asks where a view names no interval
                    yield entry(f"group {group_by}", lambda by=group_by: self.groups(screen, screen.domain, by))
            elif node.tag == "field" and only is None and node.get("name") in screen.fields:
                if screen.fields[node.get("name")]["type"] in TEXT_TYPES:
                    domain = screen.domain + self._search_domain(node, words)
                    yield entry(f"search {node.get('name')}", lambda domain=domain: self.read(screen, domain))

    def _search_domain(self, node: ET.Element, words: str) -> list[Any]:
        if node.get("filter_domain"):
            return self.evaluate(node.get("filter_domain", "").replace("self", repr(words)))
        return [(node.get("name"), node.get("operator") or "ilike", words)]

    def form(self, model: str, record_id: int) -> tuple[dict[str, Any], Callable[[dict[str, Any]], Any]]:
        """The specification of a model's form, and what reads a record by a specification."""
        found = self.rpc(model, "get_views", [], {"views": [[False, "form"]]})
        wanted = specification(ET.fromstring(found["views"]["form"]["arch"]), found["models"][model]["fields"], found)
        return wanted, lambda part: self.rpc(model, "web_read", [[record_id]], {"specification": part})


def specification(arch: ET.Element, fields: dict[str, Any], found: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the web client reads for a view: names of linked records, and the columns of lists inside of a form."""
    wanted: dict[str, Any] = {}

    def visit(node: ET.Element) -> None:
        for child in node:
            name = child.get("name", "")
            if child.tag != "field":
                visit(child)
            elif name in fields:
                kind = fields[name]["type"]
                wanted.setdefault(name, {"fields": {"display_name": {}}} if kind in ("many2one", "reference") else {})
                inner = child.find("list")
                if inner is not None and found is not None:
                    columns = found["models"].get(fields[name]["relation"], {}).get("fields", {})
                    wanted[name] = {"fields": specification(inner, columns, found), "limit": 40}

    visit(arch)
    return wanted
