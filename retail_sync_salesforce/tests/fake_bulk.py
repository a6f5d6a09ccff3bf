"""The fake org's bulk jobs: everything is done at once."""

import csv
import io
import json
from urllib.parse import parse_qs, unquote

from .fake_writes import Refusal


class FakeBulk:
    """jobs: ingest jobs by id, with their rows and results."""

    jobs: dict
    in_bulk = False

    def _bulk(self, method, rest, query, body):
        job = {"id": "7505g00000B0000AAB", "createdDate": self.stamp(self.now), "state": "UploadComplete"}
        if method == "POST":
            self._job_query = json.loads(body)["query"]
            return job
        if not rest.endswith("/results"):
            return {**job, "state": "JobComplete"}
        rows, asked = self._select(self._job_query), parse_qs(unquote(query))
        start, size = int(asked.get("locator", ["0"])[0]), int(asked["maxRecords"][0])
        columns = self.statement.match(self._job_query)["fields"].split(",")
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        for row in rows[start : start + size]:
            writer.writerow([_cell(row, column) for column in columns])
        more = start + size < len(rows)
        headers = {"Sforce-NumberOfRecords": str(len(rows[start : start + size]))}
        return text.getvalue(), {**headers, "Sforce-Locator": str(start + size) if more else "null"}

    # -- ingest jobs: everything is done at once when the job is closed
    def _ingest(self, method, rest, body):
        parts = rest.split("/")
        if method == "POST":
            job = {"id": self.to_18(f"7505g00000J{len(self.jobs):04d}"), "state": "Open", **json.loads(body)}
            self.jobs[job["id"]] = {"job": job, "rows": [], "good": [], "bad": []}
            return job
        if parts[2] not in self.jobs:
            raise Refusal(404, "NOT_FOUND", "The requested resource does not exist")
        held = self.jobs[parts[2]]
        if method == "PUT":
            held["rows"] = list(csv.DictReader(io.StringIO(body, newline="")))
        elif method == "PATCH":
            self._change_job(held, json.loads(body)["state"])
        elif len(parts) == 4:
            return self._result_file(held, parts[3])
        return held["job"]

    def _change_job(self, held, state):
        job = held["job"]
        if job["state"] != "Open":
            raise Refusal(400, "INVALIDJOBSTATE", f"Job is {job['state']}")
        job["state"] = state
        if state == "UploadComplete":
            self.run_job(held)

    def run_job(self, held):
        """Run the rows of a job that was closed."""
        job = held["job"]
        self.in_bulk = True
        for row in held["rows"]:
            fields = {name: None if cell == "#N/A" else cell for name, cell in row.items() if cell != ""}
            record_id = fields.pop("Id", None)
            try:
                saved = self._save(job["object"], record_id, fields, alone=False)
                created = str(saved.get("created", False)).lower()
                held["good"].append({"sf__Id": saved["id"], "sf__Created": created, **row})
            except Refusal as refusal:
                entry = refusal.item()
                text = f"{entry['statusCode']}:{entry['message']}:{','.join(entry['fields'])} --"
                held["bad"].append({"sf__Id": record_id or "", "sf__Error": text, **row})
        self.in_bulk = False
        job["state"] = "JobComplete"
        job["numberRecordsProcessed"] = len(held["rows"])
        job["numberRecordsFailed"] = len(held["bad"])

    def _result_file(self, held, kind):
        rows, first = {
            "successfulResults": (held["good"], ["sf__Id", "sf__Created"]),
            "failedResults": (held["bad"], ["sf__Id", "sf__Error"]),
        }[kind]
        columns = list(held["rows"][0]) if held["rows"] else []
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, [*first, *columns], lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(reversed(rows))
        return text.getvalue(), {"Content-Type": "text/csv"}


def _cell(row, column):
    head, _dot, tail = column.partition(".")
    value = (row.get(head) or {}).get(tail) if tail else row.get(head)
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value).replace("+0000", "Z") if column == "SystemModstamp" else value
