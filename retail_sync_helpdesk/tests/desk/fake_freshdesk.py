"""A small Freshdesk account in this process."""

import base64
import re
from datetime import timedelta
from email.utils import format_datetime

from .fake_http import NOW, FakeDesk, Refusal, stamp

FRESHDESK_HOST = "https://acme.freshdesk.com"
OWN_AGENT = 900


class FakeFreshdesk(FakeDesk):
    """rows: {"contacts": {id: row}, …}."""

    def __init__(self, api_key):
        super().__init__()
        self.authorization = "Basic " + base64.b64encode(f"{api_key}:X".encode()).decode()
        self.rows = {"contacts": {}, "tickets": {}, "companies": {}}
        self.conversations = {}
        self.judge = lambda values: None

    def add(self, name, number, at=None, /, **values):
        self.clock = at if at is not None else self.clock + 1
        base = {"id": number, "created_at": stamp(), "updated_at": stamp(self.clock), "custom_fields": {}, "tags": []}
        if name == "contacts":
            base.update(name=f"User {number}", email=None, unique_external_id=None, deleted=False)
        if name == "tickets":
            base.update(status=2, priority=1, source=2, requester_id=7000, deleted=False)
        self.rows[name][number] = {**base, **values}
        return str(number)

    def change(self, name, number, at=None, /, **values):
        self.clock = at if at is not None else self.clock + 1
        self.rows[name][number] = {**self.rows[name][number], **values, "updated_at": stamp(self.clock)}

    def delete(self, name, external_id):
        self.change(name, int(external_id), deleted=True)

    def answer(self, call):
        if call.headers.get("Authorization") != self.authorization:
            raise Refusal(401, {"code": "invalid_credentials", "message": "You have to be logged in"})
        status, body, headers = super().answer(call)
        # What changed within the last seconds is left to the next look.
        now = {"Date": format_datetime(NOW + timedelta(seconds=60), usegmt=True)}
        return status, body, {"X-RateLimit-Total": "50", "X-RateLimit-Remaining": "40", **now, **headers}

    def _list(self, call, name):
        rows = sorted(self.rows[name].values(), key=lambda row: (row["updated_at"], row["id"]))
        for field in ("unique_external_id", "email"):
            if field in call.query:
                rows = [row for row in rows if row.get(field) == call.query[field]]
        since = call.query.get("updated_since") or call.query.get("_updated_since") or ""
        rows = [row for row in rows if row["updated_at"] >= since]
        if name == "tickets":
            rows = [row for row in rows if not row["deleted"]]
        size, page = int(call.query.get("per_page", 100)), int(call.query.get("page", 1))
        found = rows[(page - 1) * size : page * size]
        more = {"Link": '<next>; rel="next"'} if len(rows) > page * size else {}
        return 200, found, more

    def _show(self, call, name, number):
        row = self.rows[name].get(int(number))
        if row is None:
            raise Refusal(404, b"")
        return row

    def _me(self, call):
        return {"id": OWN_AGENT, "contact": {"name": "Odoo", "email": "odoo@acme.example"}}

    def _agents(self, call):
        return [self._me(call)]

    def _save(self, call, name, number=None):
        values = dict(call.body)
        self.judge(values)
        custom = values.pop("custom_fields", None)
        if number:
            number = int(number)
            self._show(call, name, number)
            merged = {**self.rows[name][number]["custom_fields"], **(custom or {})}
            self.change(name, number, **values, custom_fields=merged)
            return self.rows[name][number]
        number = max([*self.rows[name], 1000]) + 1
        self.add(name, number, **values, custom_fields=custom or {})
        return 201, self.rows[name][number], {}

    def _search(self, call, name):
        field, wanted = re.fullmatch(r"\"(\w+):'(.*)'\"", call.query["query"]).groups()
        rows = [row for row in self.rows[name].values() if row["custom_fields"].get(field) == wanted]
        return {"results": rows, "total": len(rows)}

    def _fields(self, call):
        return []

    routes = (
        ("GET", r"/agents/me", _me),
        ("GET", r"/agents", _agents),
        ("GET", r"/search/(tickets|companies)", _search),
        ("GET", r"/(contacts|tickets|companies)", _list),
        ("GET", r"/(contacts|tickets|companies)/(\d+)", _show),
        ("POST", r"/(contacts|tickets|companies)", _save),
        ("PUT", r"/(contacts|tickets|companies)/(\d+)", _save),
        ("GET", r"/(?:ticket_fields|groups|products)", _fields),
    )
