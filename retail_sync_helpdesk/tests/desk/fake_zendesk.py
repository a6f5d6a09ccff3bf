"""A small Zendesk account in this process."""

import json
from datetime import datetime, timedelta
from email.utils import format_datetime

from .fake_http import NOW, FakeDesk, Refusal, stamp

HOST = "https://acme.zendesk.com"
SECRET = "the-client-secret-that-must-not-show"
OWN_USER = 900
NOT_FOUND = {"error": "RecordNotFound", "description": "Not found"}
TABLES = {"users": "user", "tickets": "ticket", "organizations": "organization"}


class FakeZendesk(FakeDesk):
    """rows: {"users": {id: row}, …}. judge(kind, values): may raise a Refusal for a record that is written."""

    def __init__(self):
        super().__init__()
        self.rows = {name: {} for name in TABLES}
        self.comments = {}
        self.audits = {}
        self.token = None
        self.judge = lambda kind, values: None
        self.keys = {}
        self.limit, self.left = 200, 150
        self.add("users", OWN_USER, name="Odoo", email="odoo@acme.example", role="admin")

    # -- records

    def add(self, name, number, at=None, /, **values):
        self.clock = at if at is not None else self.clock + 1
        base = {"id": number, "external_id": None, "tags": [], "created_at": stamp(), "updated_at": stamp(self.clock)}
        if name == "users":
            base.update(role="end-user", active=True, name=f"User {number}", email=None, phone=None)
        if name == "tickets":
            base.update(status="new", priority=None, type=None, custom_fields=[], is_public=True, requester_id=None)
            self.comments.setdefault(number, [])
        self.rows[name][number] = {**base, **values}
        return str(number)

    def change(self, name, number, at=None, /, **values):
        self.clock = at if at is not None else self.clock + 1
        self.rows[name][number] = {**self.rows[name][number], **values, "updated_at": stamp(self.clock)}

    def delete(self, name, external_id):
        gone = {"status": "deleted"} if name == "tickets" else {"active": False}
        if name == "organizations":
            del self.rows[name][int(external_id)]
        else:
            self.change(name, int(external_id), **gone)

    def comment(self, ticket, text, author=901, public=True, marker="", **values):
        number = 5000 + sum(map(len, self.comments.values()))
        row = {
            "id": number,
            "author_id": author,
            "body": text,
            "plain_body": text,
            "html_body": f"<p>{text}</p>",
            "public": public,
            "attachments": [],
            "created_at": stamp(self.clock),
            "metadata": {},
            **values,
        }
        self.comments[ticket].append(row)
        self.audits.setdefault(ticket, []).append(
            {"id": number + 1, "metadata": {"custom": {"odoo": marker}}, "events": [{"id": number, "type": "Comment"}]}
        )
        self.change("tickets", ticket)
        return number

    # -- the API

    def answer(self, call):
        if call.path == "/oauth/tokens":
            if call.body.get("client_secret") != SECRET:
                raise Refusal(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
            self.token = f"token-{len(self.calls)}"
            return 200, {"access_token": self.token, "token_type": "bearer", "scope": "read write"}, {}
        if call.headers.get("Authorization") != f"Bearer {self.token}":
            raise Refusal(401, {"error": "invalid_token", "error_description": "The token has expired"})
        status, body, headers = super().answer(call)
        figures = {"x-rate-limit": str(self.limit), "x-rate-limit-remaining": str(self.left), "ratelimit-reset": "30"}
        # What changed by now is a minute ago, which is as young as exports are.
        now = {"Date": format_datetime(NOW + timedelta(seconds=self.clock + 60), usegmt=True)}
        return status, body, {**figures, **now, **headers}

    def _export(self, call, name):
        after = tuple(json.loads(call.query["cursor"])) if call.query.get("cursor") else ("", 0)
        ordered = sorted((row["updated_at"], row["id"]) for row in self.rows[name].values())
        waiting = [place for place in ordered if place > after]
        page = waiting[: int(call.query.get("per_page", 1000))]
        cursor = json.dumps(list(page[-1])) if page else call.query.get("cursor")
        return {
            name: [self.rows[name][number] for _at, number in page],
            "after_cursor": cursor,
            "end_of_stream": len(page) == len(waiting),
        }

    def _count(self, call, name):
        rows = self.rows[name].values()
        living = [row for row in rows if row.get("active", True) and row.get("status") != "deleted"]
        if "role[]" in call.query:
            living = [row for row in living if row["role"] == call.query["role[]"]]
        return {"count": {"value": len(living)}}

    def _show_many(self, call, name):
        ids = [int(text) for text in call.query.get("ids", "").split(",") if text]
        keys = set(call.query.get("external_ids", "").split(",")) - {""}
        found = [row for row in self.rows[name].values() if row["id"] in ids or row["external_id"] in keys]
        return {name: [row for row in found if row.get("active", True) and row.get("status") != "deleted"]}

    def _show(self, call, name, number):
        if number == "me":
            return {"user": self.rows["users"][OWN_USER]}
        row = self.rows[name].get(int(number))
        if row is None or row.get("status") == "deleted":
            raise Refusal(404, NOT_FOUND)
        return {TABLES[name]: row}

    def _list(self, call, name):
        rows = list(self.rows[name].values())
        if "external_id" in call.query:
            rows = [row for row in rows if row["external_id"] == call.query["external_id"]]
        if "role" in call.query:
            rows = [row for row in rows if row["role"] == call.query["role"]]
        return {name: rows, "meta": {"has_more": False}}

    def _search_users(self, call):
        email = call.query.get("query", "").removeprefix("email:").lower()
        return {"users": [row for row in self.rows["users"].values() if row["active"] and row["email"] == email]}

    def _save_person(self, call):
        values = call.body["user"]
        self.judge("user", values)
        known = [
            row
            for row in self.rows["users"].values()
            if row["external_id"] == values.get("external_id") or (row["email"] and row["email"] == values.get("email"))
        ]
        values = {name: value for name, value in values.items() if name != "skip_verify_email"}
        if known:
            self.change("users", known[0]["id"], **values)
            return {"user": self.rows["users"][known[0]["id"]]}
        number = max([*self.rows["users"], 0]) + 1000
        self.add("users", number, **values)
        return 201, {"user": self.rows["users"][number]}, {}

    def _update(self, call, name, number):
        kind, number = TABLES[name], int(number)
        values = dict(call.body[kind])
        self.judge(kind, values)
        row = self.rows[name].get(number)
        if row is None or row.get("status") == "deleted":
            raise Refusal(404, NOT_FOUND)
        if values.pop("safe_update", False) and values.get("updated_stamp") != row["updated_at"]:
            raise Refusal(409, {"error": "UpdateConflict", "description": "Safe Update prevented the update"})
        comment, marker = values.pop("comment", None), (values.pop("metadata", None) or {}).get("odoo", "")
        for name_out in ("updated_stamp", "skip_verify_email"):
            values.pop(name_out, None)
        if values:
            self.change(name, number, **values)
        answer = {kind: self.rows[name][number]}
        if comment:
            key = self.comment(
                number,
                comment.get("body") or comment.get("html_body"),
                comment.get("author_id", OWN_USER),
                comment["public"],
                marker,
            )
            answer = {kind: self.rows[name][number], "audit": {"events": [{"id": key, "type": "Comment"}]}}
        return answer

    def _create_ticket(self, call):
        values = dict(call.body["ticket"])
        self.judge("ticket", values)
        key = call.headers.get("Idempotency-Key")
        if key in self.keys:
            return 201, {"ticket": self.rows["tickets"][self.keys[key]]}, {"x-idempotency-lookup": "hit"}
        number = max([*self.rows["tickets"], 4000]) + 1
        comment = values.pop("comment")
        values.pop("metadata", None)
        requester = values.pop("requester", None)
        if requester:
            values["requester_id"] = 7000
        self.add("tickets", number, description=comment.get("body"), **values)
        self.keys[key] = number
        self.comment(number, comment.get("body"), OWN_USER)
        return 201, {"ticket": self.rows["tickets"][number]}, {"x-idempotency-lookup": "miss"}

    def _comments(self, call, number):
        return {"comments": self.comments[int(number)], "meta": {"has_more": False}}

    def _events(self, call):
        """A page of one second at least; the last second of a page begins the next one."""
        start, size = int(call.query["start_time"]), int(call.query.get("per_page", 1000))
        reported = []
        for ticket, rows in self.comments.items():
            for index, row in enumerate(rows):
                at = int(datetime.fromisoformat(row["created_at"]).timestamp())
                children = [{**row, "event_type": "Comment"}, *([{"event_type": "Create"}] if not index else [])]
                metadata = self.audits[ticket][index]["metadata"]
                reported.append({"ticket_id": ticket, "timestamp": at, "metadata": metadata, "child_events": children})
        reported = sorted((row for row in reported if row["timestamp"] >= start), key=lambda row: row["timestamp"])
        found = [row for row in reported if row["timestamp"] <= reported[min(size, len(reported)) - 1]["timestamp"]]
        end = found[-1]["timestamp"] if found else start
        if call.query.get("include") != "comment_events":
            found = [{**row, "child_events": []} for row in found]
        return {"ticket_events": found, "end_time": end, "end_of_stream": len(found) == len(reported)}

    def _audits(self, call, number):
        return {"audits": self.audits.get(int(number), []), "meta": {"has_more": False}}

    def _deleted(self, call):
        rows = [{"id": row["id"]} for row in self.rows["tickets"].values() if row["status"] == "deleted"]
        return {"deleted_tickets": rows, "meta": {"has_more": False}}

    def _fields(self, call):
        field = {"id": 27642, "title": "Order number", "type": "text", "active": True}
        return {"ticket_fields": [field], "meta": {"has_more": False}}

    def _named(self, call, name):
        rows = {"groups": [{"id": 800, "name": "Returns"}]}.get(name, [])
        return {name: rows, "meta": {"has_more": False}}

    routes = (
        ("GET", r"/incremental/(\w+)/cursor", _export),
        ("GET", r"/incremental/ticket_events", _events),
        ("GET", r"/(users|tickets|organizations)/count", _count),
        ("GET", r"/(users|tickets|organizations)/show_many", _show_many),
        ("GET", r"/users/search", _search_users),
        ("POST", r"/users/create_or_update", _save_person),
        ("GET", r"/(users|tickets|organizations)/(\d+|me)", _show),
        ("PUT", r"/(users|tickets|organizations)/(\d+)", _update),
        ("GET", r"/(users|tickets|organizations)", _list),
        ("POST", r"/tickets", _create_ticket),
        ("GET", r"/tickets/(\d+)/comments", _comments),
        ("GET", r"/tickets/(\d+)/audits", _audits),
        ("GET", r"/deleted_tickets", _deleted),
        ("GET", r"/ticket_fields", _fields),
        ("GET", r"/(groups|brands|ticket_forms)", _named),
    )
