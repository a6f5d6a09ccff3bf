"""What the client may know of, and that each account is a desk."""

import ast
import inspect
import re
import sys
from pathlib import Path

import pytest

import retail_sync_helpdesk.client as client
from retail_sync_helpdesk.client import desk, times
from retail_sync_helpdesk.client.freshdesk.account import FreshdeskDesk
from retail_sync_helpdesk.client.zendesk.account import ZendeskDesk

from .fakes import Answer, new_session

FOLDER = Path(client.__path__[0])
MODULES = sorted(FOLDER.rglob("*.py"))
SHARED = sorted(FOLDER.glob("*.py"))


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (imported.name for imported in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_only_requests_is_needed_beside_python(path):
    foreign = {name.split(".")[0] for name in _imports(path) if not name.startswith(".")}
    # urllib3 is what requests itself stands on
    assert foreign - set(sys.stdlib_module_names) <= {"requests", "urllib3"}


@pytest.mark.parametrize("path", SHARED, ids=lambda path: path.name)
def test_what_all_desks_share_names_none_of_them(path):
    assert not re.search(r"zendesk|freshdesk|zd[a-z]+\.com", path.read_text(encoding="utf-8"), re.IGNORECASE)


@pytest.mark.parametrize("account", [ZendeskDesk, FreshdeskDesk])
def test_an_account_does_all_that_a_desk_does(account):
    for name, method in inspect.getmembers(desk.Desk, inspect.isfunction):
        if name.startswith("_"):
            continue
        wanted = list(inspect.signature(method).parameters)
        assert name in vars(account), name
        assert list(inspect.signature(getattr(account, name)).parameters)[: len(wanted)] == wanted, name


def test_the_calling_user_is_asked_for_once_and_must_be_one():
    session, calls = new_session(Answer({"user": {"id": 62, "role": "admin"}}), Answer({"user": {"id": None}}))
    account = ZendeskDesk(session)
    assert account.whoami().key == account.whoami().key == "62"
    assert calls.calls() == ["GET /users/me"]
    with pytest.raises(client.errors.ClientError):
        ZendeskDesk(session).whoami()


@pytest.mark.parametrize(
    "text, seconds",
    [
        ("1970-01-01T00:00:01Z", 1.0),
        ("2026-05-20T09:44:32.123Z", 1779270272.123),
        ("2026-05-20T11:44:32+02:00", 1779270272.0),
        ("2026-05-20T09:44:32+0000", 1779270272.0),
    ],
)
def test_times_with_a_zone_are_read(text, seconds):
    assert times.parse(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "2026-05-20", "2026-05-20T09:44:32", "2026-13-20T09:44:32Z", "٢٠٢٦-05-20T09:44:32Z"]
)
def test_times_without_a_zone_or_sense_are_refused(text):
    with pytest.raises(ValueError):
        times.parse(text)


def test_a_time_is_written_as_desks_write_it():
    assert times.iso(1779270272.9) == "2026-05-20T09:44:32Z"
