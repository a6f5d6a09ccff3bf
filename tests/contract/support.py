"""What the contract tests share: clients, and how a refusal is checked."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from requests.adapters import HTTPAdapter
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError

API = "62.0"
DATA = f"/services/data/v{API}"
MY_DOMAIN = "acme.my"
EXTERNAL_ID = "Odoo_External_Id__c"
DATETIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$")


class OrgHosts(HTTPAdapter):
    """Carries calls to any *.salesforce.com host to the simulator, as a DNS entry would, with a time limit.

    simple-salesforce can log in at `https://{domain}.salesforce.com` only; the Host header stays as it was asked for.
    """

    def __init__(self, base_url: str) -> None:
        self._netloc = urlsplit(base_url).netloc
        super().__init__()

    def send(self, request, **kwargs):
        parts = urlsplit(request.url)
        if (parts.hostname or "").endswith(".salesforce.com"):
            request.headers["Host"] = parts.netloc
            request.url = urlunsplit(parts._replace(netloc=self._netloc))
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = (5, 60)
        return super().send(request, **kwargs)


def new_session(sim) -> requests.Session:
    """A session that trusts the simulator's CA alone and ignores the machine's proxy settings."""
    session = requests.Session()
    session.trust_env = False
    session.verify = str(sim.ca)
    session.mount("https://", OrgHosts(sim.base_url))
    return session


def login(sim, version: str = API, session: requests.Session | None = None) -> Salesforce:
    """simple-salesforce, logged in by client credentials; it renews its token automatically on 401."""
    return Salesforce(
        consumer_key=sim.client_id,
        consumer_secret=sim.client_secret,
        domain=MY_DOMAIN,
        version=version,
        session=session or new_session(sim),
        object_pairs_hook=dict,
    )


def with_token(sim, token: str, version: str = API) -> Salesforce:
    """simple-salesforce on a given token: it never renews it, so that a 401 shows."""
    return Salesforce(
        session_id=token,
        instance_url=sim.base_url,
        version=version,
        session=new_session(sim),
        object_pairs_hook=dict,
    )


@contextmanager
def refused(status: int | tuple[int, ...], code: str | tuple[str, ...] | None = None, match: str | None = None):
    """The block must be refused: this status, and a JSON array whose first entry has this code and message.

    Yields a list that holds the caught exception afterwards; `match` is a regular expression.
    """
    caught: list[SalesforceError] = []
    with pytest.raises(SalesforceError) as info:
        yield caught
    error = info.value
    caught.append(error)
    assert error.status in ((status,) if isinstance(status, int) else status), (error.status, error.content)
    if code is not None or match is not None:
        first = error_entry(error.content)
        if code is not None:
            assert first["errorCode"] in ((code,) if isinstance(code, str) else code), first
        if match is not None:
            assert re.search(match, first["message"]), first["message"]


def error_entry(content: Any) -> dict[str, Any]:
    """The first entry of an error body, which must be a non-empty array of objects with a code and a message."""
    assert isinstance(content, list), f"an error body is a JSON array, not {content!r}"
    assert content, "an error body is not empty"
    assert {"errorCode", "message"} <= set(content[0]), content
    return content[0]


def call(sf: Salesforce, method: str, path: str, **kwargs) -> requests.Response:
    """One call through simple-salesforce, answered with the whole response; `path` starts with /services or is relative
    to the API version."""
    url = f"https://{sf.sf_instance}{path}" if path.startswith("/") else sf.base_url + path
    return sf._call_salesforce(method, url, **kwargs)


def pages(sf: Salesforce, soql: str, include_deleted: bool = False, **kwargs) -> Iterator[dict[str, Any]]:
    """Each page of a query, following nextRecordsUrl while `done` is false."""
    page = sf.query(soql, include_deleted=include_deleted, **kwargs)
    yield page
    while not page["done"]:
        page = sf.query_more(page["nextRecordsUrl"], identifier_is_url=True, **kwargs)
        yield page


def names(sf: Salesforce, where: str, field: str = "LastName", sobject: str = "Contact") -> list[str]:
    return [row[field] for row in sf.query_all(f"SELECT {field} FROM {sobject} {where}")["records"]]


def stamp(text: str) -> datetime:
    """A datetime as the API writes it."""
    assert DATETIME.match(text), text
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").astimezone(timezone.utc)


def id18(id15: str) -> str:
    """The 18-character form of an id: one check character for each group of five."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    groups = (id15[i : i + 5] for i in (0, 5, 10))
    return id15 + "".join(alphabet[sum(c.isupper() << j for j, c in enumerate(group))] for group in groups)


def contacts(count: int, prefix: str = "Contact", **fields) -> list[dict[str, Any]]:
    return [{"LastName": f"{prefix} {i:05d}", **fields} for i in range(count)]


def wait_for(condition, seconds: float = 20.0, every: float = 0.05):
    """The first true value of `condition()`; fails when none comes within the limit, which is there against hangs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(every)
    pytest.fail(f"not reached within {seconds} s")


def bulk_finished(sf: Salesforce, path: str) -> dict[str, Any]:
    """The bulk job at `path`, once it has ended in whatever way."""

    def ended():
        job = sf.restful(path)
        return job if job["state"] in {"JobComplete", "Failed", "Aborted"} else None

    return wait_for(ended)
