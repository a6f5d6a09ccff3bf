"""A session on the simulator, and how its refusals are checked."""

import sys
import threading
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
if "retail_sync_salesforce" not in sys.modules:
    # the addon's own __init__ needs Odoo, its client must not
    _addon = types.ModuleType("retail_sync_salesforce")
    _addon.__path__ = [str(ROOT / "retail_sync_salesforce")]
    sys.modules["retail_sync_salesforce"] = _addon

from retail_sync_salesforce.client import bulk_query, query, soql, tokens, transport  # noqa: E402
from retail_sync_salesforce.client.errors import ClientError  # noqa: E402
from retail_sync_salesforce.client.session import MemoryTokenStore, SalesforceSession  # noqa: E402


class Org:
    """A session on the simulator that counts its logins and keeps what the hooks received."""

    def __init__(self, sim, store=None, **http_options):
        self.calls, self.logins = [], 0
        self.http = transport.new_http(Path(sim.ca).read_text(), after_call=self.calls.append, **http_options)
        self._sim = sim
        self.store = store or MemoryTokenStore()
        self.session = SalesforceSession(self.store, self._login, self.http)

    def _login(self):
        self.logins += 1
        return tokens.fetch_client_credentials(
            self._sim.base_url, self._sim.client_id, self._sim.client_secret, self.http
        )


def contacts(count, prefix="Name", **values):
    return [{"LastName": f"{prefix} {number:05d}", **values} for number in range(count)]


def fault(call, *args, **kwargs):
    with pytest.raises(ClientError) as caught:
        call(*args, **kwargs)
    return caught.value.kind, caught.value.code


def walk(session, object, fields, limit, **options):
    """All rows by keyset pages, as the engine reads them."""
    cursor, found = None, []
    while True:
        statement = soql.build_page(object, fields, None, cursor, limit=limit, **options)
        rows = [row for part in query.page(session, statement) for row in part]
        found += rows
        if len(rows) < limit:
            return found
        cursor = (rows[-1]["SystemModstamp"], rows[-1]["Id"])


def bulk_job(session, statement, **options):
    job = bulk_query.create_job(session, statement, **options)
    for _ in range(600):
        job = bulk_query.job(session, job["id"])
        if job["state"] == bulk_query.JOB_COMPLETE:
            return job["id"]
        threading.Event().wait(0.05)
    pytest.fail(f"the job is still {job['state']}")
