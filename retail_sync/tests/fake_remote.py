"""The other side of the fake platform: its records, its clock, and what a test lets happen there."""

from ..adapter import Polls
from .fake_mapping import FIRM, PERSON


class FakePlatform:
    """The other side. One instance a test class; its clock moves by hand, in milliseconds."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.rows = {FIRM: {}, PERSON: {}}
        self.deleted = {FIRM: [], PERSON: []}
        self.winners = {}
        # What the platform says of deletions: a fault, or an answer that does not reach back far enough.
        self.deletions_fault = None
        self.deletions_lost = False
        self.now = 1_700_000_000_000
        self.calls = []
        self.fault = None
        # What the platform says to single records: {our key or its id: FaultError}, used once each.
        self.refusals = {}
        # What it says to each record with a field: {field: FaultError}; or by its own rule: rule(record, fields).
        self.refuses = {}
        self.refuses_record = None
        # Odoo ids of records over which the encoder fails.
        self.poison = set()
        # Salespeople who are no users over there: PLATFORM_TEAM owns what is theirs. Empty: no team.
        self.strangers = set()
        self.candidates = {}
        # Names that look like a record over there: a rule refuses them; "warn" lets pass what a person creates anyway.
        self.look_alikes = {}
        self.writes = []
        self.answer_lost = False
        # A rule of the platform that rewrites what it is given: {field: function}.
        self.forms = {}
        self.bulk_from = 0
        # Whether a bulk job is carried out when a test says so, by run_bulk, and what waits for it.
        self.bulk_is_late = False
        self.bulk_waits = []
        self.bulk = {}
        # Whether records can be marked as second ones, and of which they are: {id: main id}.
        self.retires = False
        self.retired = {}
        # How changes are asked for, and streams (by remote object) that fail when they are.
        self.polls = Polls.batch
        # Whether calls pass the call guard, and what is to hear of each: on_call(correlation id).
        self.guarded = False
        self.on_call = None
        self.stream_faults = {}
        # Facts that arrived, in order: [(key, record id)], and whether the platform can be asked about them.
        self.facts = []
        self.knows_effects = True
        # Called with the name of a moment ("asked", "called", "taken"): a test lets a worker die or be overtaken there.
        self.at = lambda moment: None
        # Commands that were carried out: [(action, arguments, context)].
        self.commands = []
        self.answer = {}
        self.checks = [
            {"name": "Sign-in", "ok": True, "level": "ok", "detail": "Signed in.", "next_step": ""},
            {"name": "Permissions", "ok": True, "level": "ok", "detail": "All fields are readable.", "next_step": ""},
        ]

    def put(self, remote_object, external_id, **values):
        """Create or change a record; values that are not given stay, as on a real platform."""
        self.now += 1000
        row = dict(self.rows[remote_object].get(external_id) or {"id": external_id}, **values, version=self.now)
        self.rows[remote_object][external_id] = row
        return row

    def delete(self, remote_object, external_id, winner=None):
        self.now += 1000
        del self.rows[remote_object][external_id]
        self.deleted[remote_object].append((external_id, self.now))
        if winner:
            self.winners[external_id] = winner

    def called(self, name):
        """Note a call; raise the fault that a test has laid out."""
        self.calls.append(name)
        if self.fault is not None:
            raise self.fault

    def take(self, remote_object, key, external_id, fields):
        """Write one record, as an upsert on our key or by its own id; return (id, created)."""
        rows = self.rows[remote_object]
        if not external_id:
            external_id = next((row["id"] for row in rows.values() if row.get("odoo_id") == key), None)
        created = external_id is None
        external_id = external_id or f"N{len(rows) + 1}"
        shown = {name: self.forms.get(name, lambda value: value)(value) for name, value in fields.items()}
        self.put(remote_object, external_id, **shown)
        self.writes.append((external_id, fields))
        return external_id, created

    def run_bulk(self, adapter):
        """Carry out the bulk job that was handed over."""
        waits, self.bulk_waits = self.bulk_waits, []
        self.bulk = {encoded.record.key: adapter._take(stream, encoded) for stream, encoded in waits}

    def crossed(self, remote_object, encoded):
        """Return {field: value} of what was edited over there since the record was read, and is replaced now."""
        row, remote = self.rows[remote_object].get(encoded.record.external_id), encoded.record.remote
        if not row or not remote:
            return {}
        names = [name for name in encoded.fields if name in remote and row.get(name) != remote[name]]
        return {name: row.get(name) for name in names if row.get(name) != encoded.fields[name]}

    def since(self, remote_object, version):
        return self.after(remote_object, {"modstamp": version})

    def after(self, remote_object, cursor):
        """The rows behind a cursor in the order of change; rows of one moment differ by their ids."""
        moment = int(cursor.get("modstamp") or cursor.get("since") or 0)
        # Without an id, all of that moment were read.
        last = (moment, cursor.get("id") or "\U0010ffff")
        rows = sorted(self.rows[remote_object].values(), key=place)
        return [dict(row) for row in rows if place(row) > last]


def place(row):
    """Where a row stands in the order of change."""
    return row["version"], row["id"]


def moved(cursor, rows):
    """The cursor behind a page."""
    return dict(cursor, modstamp=str(rows[-1]["version"]), id=rows[-1]["id"]) if rows else cursor


PLATFORM = FakePlatform()
