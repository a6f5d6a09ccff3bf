"""The agent API of a running server: keys, limits, memory, and what stands in its log."""

from __future__ import annotations

import itertools
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests

ROOT = "/retail_sync/api/v1"
_numbers = itertools.count(1)
MEBIBYTE = 1024 * 1024


class Desk:
    """A ticket desk with a key of its own."""

    def __init__(self, stack, **values):
        self.stack = stack
        scopes = stack.rpc("retail.sync.api.scope", "search", [[]])
        limits = {"burst": 100_000, "requests_per_minute": 100_000, "requests_per_day": 0}
        values = {"name": f"Desk {next(_numbers)}", "scope_ids": [[6, 0, scopes]], **limits, **values}
        [self.key] = stack.rpc("retail.sync.api.key", "create", [[values]])
        shown = stack.rpc("retail.sync.api.key", "action_issue", [[self.key]])
        self.secret = shown["context"]["default_key"]

    def call(self, path, method="GET", **more):
        headers = {"Authorization": f"Bearer {self.secret}", **more.pop("headers", {})}
        return requests.request(method, f"{self.stack.url}{ROOT}{path}", headers=headers, timeout=60, **more)

    def read(self, *names):
        [row] = self.stack.rpc("retail.sync.api.key", "read", [[self.key], list(names)])
        return [row[name] for name in names]


@pytest.fixture
def desk(stack):
    return Desk(stack)


def log(stack):
    return stack.log_path.read_text(errors="replace")


def test_a_key_opens_the_api_until_it_is_revoked(stack, desk):
    assert requests.get(f"{stack.url}{ROOT}/me", timeout=60).status_code == 401
    assert desk.call("/me").json()["name"].startswith("Desk")
    stack.rpc("retail.sync.api.key", "action_revoke", [[desk.key]])
    refused = desk.call("/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


def test_agents_with_one_key_do_not_hinder_each_other(stack, desk):
    before = log(stack).count("tries left")
    with ThreadPoolExecutor(8) as agents:
        answers = list(agents.map(lambda _number: desk.call("/orders?by=number&value=S0"), range(200)))
    # A place among the look-ups may be missing for a moment; nothing else goes wrong.
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 503} <= {"busy"}
    assert log(stack).count("tries left") == before
    assert desk.read("used", "refused") == [200, 0]


def test_a_rate_holds_for_all_workers_together(stack):
    desk = Desk(stack, burst=10, requests_per_minute=1)
    with ThreadPoolExecutor(8) as agents:
        answers = list(agents.map(lambda _number: desk.call("/me"), range(40)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(200), statuses.count(429)) in {(10, 30), (11, 29)}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers if answer.status_code == 429)


def test_many_paths_leave_the_memory_of_a_worker_as_it_is(stack, desk):
    def visit(numbers):
        with ThreadPoolExecutor(4) as agents:
            return set(agents.map(lambda number: desk.call(f"/orders/{number}").status_code, numbers))

    visit(range(10_000, 10_200))
    before = stack.memory_bytes()
    assert visit(range(20_000, 21_000)) <= {404, 503}
    after = stack.memory_bytes()
    assert before.keys() == after.keys()
    # An application for each path would be 60 MB in each of two workers.
    assert max(after[pid] - before[pid] for pid in after) < 20 * MEBIBYTE


def test_a_query_that_is_no_ascii_is_read_as_utf_8(stack, desk):
    address = urlsplit(stack.url)
    request = f"GET {ROOT}/orders?by=number&value=é HTTP/1.0\r\nAuthorization: Bearer {desk.secret}\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=60) as connection:
        connection.sendall(f"{request}Host: {address.netloc}\r\n\r\n".encode())
        answer = connection.makefile("rb").read()
    assert b" 200 " in answer.partition(b"\r\n")[0]


def test_the_log_names_requests_and_neither_keys_nor_customers(stack, desk):
    desk.call("/customers?email=ada.private@example.com", headers={"X-Correlation-Id": "desk-call-0001"})
    stack.wait_for(lambda: "desk-call-0001" in log(stack))
    text = log(stack)
    assert desk.secret not in text
    assert "ada.private" not in text
