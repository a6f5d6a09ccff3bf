"""A few answers of an org, given inside the process: what the adapter does with them is under test, not the org.

The whole way of a call is the real one (session, call guard, client), only the socket is not. Its SOQL is as much as
the client writes; the simulator of the end-to-end tests knows the rest.
"""

import io
import json
import re
from datetime import datetime, timezone
from email.utils import format_datetime
from urllib.parse import parse_qs, urlsplit

import requests
from requests.adapters import BaseAdapter

from ..client import ids
from .fake_bulk import FakeBulk
from .fake_children import FakeChildren
from .fake_writes import FakeWrites, Refusal

HOST = "https://acme.my.salesforce.com"
ORG_ID = "00D5g000004XyzAEAS"
USER_ID = "0055g00000B0000AAB"
SECRET = "a-secret-that-must-not-show"
NOW = datetime(2026, 5, 20, 12, 0, tzinfo=timezone.utc)
# {field: (relationship, object)} of the fields that name another record.
PARENTS = {
    "OwnerId": ("Owner", "User"),
    "AccountId": ("Account", "Account"),
    "OpportunityId": ("Opportunity", "Opportunity"),
    "OrderId": ("Order", "Order"),
    "PricebookEntryId": ("PricebookEntry", "PricebookEntry"),
    "Product2Id": ("Product2", "Product2"),
}
_LINES = re.compile(r"Id IN \(SELECT (\w+) FROM (\w+) WHERE SystemModstamp >= (\S+?)\) AND SystemModstamp < (\S+)")
_FROM = re.compile(r"SELECT (?P<fields>.+?) FROM (?P<object>\w+)(?: WHERE (?P<where>.+?))?(?: ORDER BY .+?)?"
                   r"(?: LIMIT (?P<limit>\d+))?$")  # fmt: skip
_AFTER = re.compile(r"SystemModstamp > (\S+) OR \(SystemModstamp = \S+ AND Id > '(\w+)'\)")
_SINCE = re.compile(r"SystemModstamp >= (\S+?)(?:\)|$| )")
_IDS = re.compile(r"\bId IN \(([^)]*)\)")
_KEYS = re.compile(r"(\w+__c) IN \(([^)]*)\)")


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class FakeOrg(FakeWrites, FakeBulk, FakeChildren, BaseAdapter):
    """rows: {object: rows}; hidden: {object: fields}; refuse: callable(method, path) that may raise Refusal.

    facts: {(object, field): what its describe says besides the usual}.
    """

    def __init__(self, fields):
        super().__init__()
        self.fields = {name: set(names) | {"Id", "SystemModstamp", "IsDeleted"} for name, names in fields.items()}
        self.facts = {}
        self.limits = {"DailyApiRequests": {"Max": 1000, "Remaining": 900}}
        self.hidden = {name: set() for name in fields}
        self.rows = {name: [] for name in fields}
        # Names of permission sets, and to how many users each is assigned.
        self.permission_sets = {"Retail_Sync_Integration": 1, "Retail_Sync_Viewer": 7}
        self.gone = {name: [] for name in fields}
        # When the log of deletions of an object was purged, as the org writes moments.
        self.purged = {}
        self.written, self.jobs = [], {}
        self.masters = {}
        # Merged within this minute: not in the list of deletions yet.
        self.merged_now = {name: [] for name in fields}
        self.calls = []
        self.tokens = 0
        self.live_token = None
        self.part_size = 2000
        self.now = NOW
        self.versions = ["61.0", "62.0"]
        self.refuse = lambda method, path: None

    def close(self):
        return None

    to_18 = staticmethod(ids.to_18)
    stamp = staticmethod(stamp)
    statement = _FROM

    def paths(self, part=""):
        """The paths called, without their query, that contain part."""
        return [path for _method, path, _headers in self.calls if part in path]

    def send(self, request, **options):
        parts = urlsplit(request.url)
        body = request.body.decode() if isinstance(request.body, bytes) else request.body
        self.calls.append((request.method, parts.path, dict(request.headers)))
        self.headers = dict(request.headers)
        try:
            authorised = parts.path.endswith("/token") or request.headers.get("Authorization") == (
                f"Bearer {self.live_token}"
            )
            if not authorised:
                raise Refusal(401, "INVALID_SESSION_ID", "Session expired or invalid")
            status, answer = 200, self._route(request.method, parts.path, parts.query, body)
        except Refusal as refusal:
            status, answer = refusal.status, refusal.body
        return self._response(request, status, answer)

    def _response(self, request, status, answer):
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response.headers["Date"] = format_datetime(self.now, usegmt=True)
        response.headers["Sforce-Limit-Info"] = f"api-usage={len(self.calls)}/1000"
        if isinstance(answer, tuple):
            text, extra = answer
            response.headers.update(extra)
        else:
            text = json.dumps(answer)
            response.headers["Content-Type"] = "application/json"
        response.raw = requests.packages.urllib3.HTTPResponse(
            io.BytesIO(text.encode()), status=status, preload_content=False
        )
        return response

    def _route(self, method, path, query, body):
        self.statement_asked = parse_qs(query).get("q", [""])[0]
        self.refuse(method, path)
        if path.endswith("/token"):
            return self._token(body)
        if path.rstrip("/") == "/services/data":
            return [{"version": version, "label": version, "url": ""} for version in self.versions]
        rest = path.split("/", 4)[4]
        if rest.startswith("query"):
            return self._query(parse_qs(query)["q"][0] if "q" in query else None, rest)
        if rest == "composite":
            return {"compositeResponse": [self._part(part) for part in json.loads(body)["compositeRequest"]]}
        if rest.startswith("limits"):
            return self.limits
        if rest.startswith("jobs/query"):
            return self._bulk(method, rest, query, body)
        if rest.startswith("jobs/ingest"):
            return self._ingest(method, rest, body)
        if rest.startswith("composite/sobjects") or method == "PATCH":
            return self._write(method, rest, parse_qs(query), json.loads(body) if body else None)
        _head, name, verb = rest.split("/")[:3]
        if name not in self.fields:
            raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")
        return self._describe(name) if verb == "describe" else self._deleted(name)

    def _token(self, body):
        form = parse_qs(body)
        if form.get("client_secret") != [SECRET]:
            raise Refusal(400, "invalid_client", "invalid client credentials")
        self.tokens += 1
        self.live_token = f"{ORG_ID[:15]}!token{self.tokens}"
        identity = f"https://login.salesforce.com/id/{ORG_ID}/{USER_ID}"
        return {"access_token": self.live_token, "instance_url": HOST, "id": identity, "issued_at": "1763720000123"}

    def _part(self, part):
        parts = urlsplit(part["url"])
        try:
            self.headers = {**self.headers, **part.get("httpHeaders", {})}
            inner = json.dumps(part["body"]) if "body" in part else None
            status, body = 200, self._route(part["method"], parts.path, parts.query, inner)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        return {"referenceId": part["referenceId"], "httpStatusCode": status, "body": body, "httpHeaders": {}}

    def _visible(self, name):
        return self.fields[name] - self.hidden[name]

    def _describe(self, name):
        def entry(field):
            parent = PARENTS.get(field)
            return {
                "name": field,
                "type": "reference" if parent else "string",
                "nillable": True,
                "createable": True,
                "updateable": True,
                "relationshipName": parent[0] if parent else None,
                "referenceTo": [parent[1]] if parent else [],
                **self.facts.get((name, field), {}),
            }

        flags = dict.fromkeys(("queryable", "createable", "updateable", "deletable", "replicateable"), True)
        flags.update(self.facts.get(name, {}))
        types = [
            {"developerName": row["DeveloperName"], "recordTypeId": row["Id"], "available": True}
            for row in self.rows.get("RecordType", ())
        ]
        fields = [entry(field) for field in sorted(self._visible(name))]
        return {"name": name, "label": name, **flags, "fields": fields, "recordTypeInfos": types}

    def _deleted(self, name):
        records = [{"id": record_id, "deletedDate": stamp(self.now)} for record_id in self.gone[name]]
        earliest = {"earliestDateAvailable": self.purged[name]} if name in self.purged else {}
        return {"deletedRecords": records, "latestDateCovered": stamp(self.now), **earliest}

    def _query(self, statement, rest):
        if statement is None:
            return self.later_children(rest) if "/children-" in rest else self._later(rest)
        if " FROM RecordType" in statement:
            rows = self.rows.get("RecordType", [])
            return {"totalSize": len(rows), "done": True, "records": rows}
        if " FROM PermissionSet" in statement:
            held = self.permission_sets.get(statement.split("'")[1])
            number = held or 0 if "Assignment" in statement else held is not None
            return {"totalSize": int(number), "done": True, "records": []}
        if statement.startswith("SELECT COUNT()"):
            return {"totalSize": len(self.rows[statement.split()[3]]), "done": True, "records": []}
        if " FROM Organization" in statement:
            return {"totalSize": 1, "done": True, "records": [{"Id": ORG_ID, "Name": "Acme", "IsSandbox": False}]}
        return self._answer(self._select(statement, with_deleted=rest.startswith("queryAll")))

    def _answer(self, rows, start=0):
        part = rows[start : start + self.part_size]
        done = start + self.part_size >= len(rows)
        self._open_rows = rows
        answer = {"totalSize": len(rows), "done": done, "records": part}
        return (
            answer if done else {**answer, "nextRecordsUrl": f"/services/data/v62.0/query/x-{start + self.part_size}"}
        )

    def _later(self, rest):
        return self._answer(self._open_rows, int(rest.rsplit("-", 1)[1]))

    def _select(self, statement, with_deleted=False):
        statement, children = self.take_children(statement)
        found = _FROM.match(statement)
        name, where = found["object"], found["where"] or ""
        paths = found["fields"].split(",")
        for path in paths:
            head = path.split(".")[0]
            if "." not in path and head not in self._visible(name) and head not in children:
                raise Refusal(400, "INVALID_FIELD", f"No such column '{head}' on entity '{name}'.")
        rows = sorted(self.rows[name], key=lambda row: (row["SystemModstamp"], row["Id"]))
        if with_deleted:
            gone = dict.fromkeys((*self.gone[name], *self.merged_now[name]))
            rows = rows + [{"Id": key, "IsDeleted": True, "SystemModstamp": stamp(self.now)} for key in gone]
        if "MasterRecordId != null" in where:
            rows = [row for row in rows if row["Id"] in self.masters]
        if after := _AFTER.search(where):
            moment = after[1].replace("Z", ".000+0000")
            rows = [row for row in rows if (row["SystemModstamp"], row["Id"]) > (moment, after[2])]
        lines = _LINES.search(where)
        if lines:
            changed = {
                row[lines[1]]
                for row in self.rows[lines[2]]
                if row["SystemModstamp"] >= lines[3].replace("Z", ".000+0000")
            }
            before = lines[4].replace("Z", ".000+0000")
            rows = [row for row in rows if row["Id"] in changed and row["SystemModstamp"] < before]
        elif since := _SINCE.search(where):
            rows = [row for row in rows if row["SystemModstamp"] >= since[1].replace("Z", ".000+0000")]
        if not lines and (wanted := _IDS.search(where)):
            rows = [row for row in rows if f"'{row['Id']}'" in wanted[1]]
        if keys := _KEYS.search(where):
            rows = [row for row in rows if f"'{row.get(keys[1])}'" in keys[2]]
        if "IsPersonAccount = false" in where:
            rows = [row for row in rows if not row.get("IsPersonAccount")]
        rows = rows[: int(found["limit"])] if found["limit"] else rows
        return [self._project(name, row, paths, children) for row in rows]

    def _project(self, name, row, paths, children):
        shown = {"attributes": {"type": name, "url": f"/services/data/v62.0/sobjects/{name}/{row['Id']}"}}
        for path in paths:
            head, _dot, tail = path.partition(".")
            if head in children:
                shown[head] = self.children_of(row, head, children[head])
            elif head == "MasterRecordId":
                shown[head] = self.masters.get(row["Id"])
            elif tail:
                shown[head] = {"attributes": {"type": "User"}, tail: row[path]} if row.get(path) else None
            else:
                shown[head] = row.get(head, False if head == "IsDeleted" else None)
        return shown
