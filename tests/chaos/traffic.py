"""People at work on both sides while things die under them, and what must be there in the end."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg2

from setup.lib.rpc import RpcError
from tests.end_to_end.customers import unlike_others
from tests.end_to_end.equality import EXTERNAL_ID
from tests.end_to_end.two_way import BothWays
from tests.stack import Stack

from .every_field import people_are_asked, unequal
from .field_edits import FieldEdits, unedited
from .places import Places, is_refusal
from .readings import Org

TRIES = 60
# In seconds; after so long the platform has listed all deletions.
MINUTES = 120


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05d}")


class Traffic(FieldEdits, Places):
    """Edits, moves, new and deleted customers on both sides, at random, from a thread of its own.

    nodes: the servers that Odoo's users are connected to; each edit goes to one of them.
    """

    def __init__(self, connection: BothWays, random: Random, nodes: list[Stack] | None = None) -> None:
        self.connection, self.random = connection, random
        self.nodes = nodes or [connection.stack]
        self.steps: Counter[str] = Counter()
        self.error: BaseException | None = None
        self._number = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        partners = {b["external_id"]: b["res_id"] for b in connection.links(part="main")}
        self.accounts = [(key, partners[key]) for key in sorted(partners) if key.startswith("001")]
        self.contacts = [(key, partners[key]) for key in sorted(partners) if key.startswith("003")]
        self.made_here: dict[str, int] = {}
        self.made_there: dict[str, str] = {}
        self.recruits: set[str] = set()
        self.deleted: set[str] = set()
        self._begin_places()
        self._begin_fields()

    # ------------------------------------------------------------------ working
    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=120)
        if self._thread.is_alive():
            raise TimeoutError("the people at work did not come to an end")
        if self.error:
            raise self.error

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                self.step()
                self._stop.wait(self.random.uniform(0.02, 0.25))
        except BaseException as error:
            self.error = error

    def step(self) -> None:
        """Do one thing that a user does."""
        what = self.random.choices(
            (self._edit_field, self._address, self._move_there, self._move_here, self._sql, self._invoice,
             self._new_here, self._new_there, self._recruit, self._delete_there),
            (70, 26, 7, 4, 5, 3, 7, 6, 4, 2),
        )[0]  # fmt: skip
        what()
        self.steps[what.__name__.strip("_")] += 1

    def _sql(self) -> None:
        """Plain SQL of another program, past Odoo."""
        key, partner = self._contact()
        if "here" not in self._sides_of(key, "job_title"):
            return
        text = self._word("Sql")
        self._try_again(
            lambda: self.connection.stack.sql("UPDATE res_partner SET function = %s WHERE id = %s", (text, partner))
        )
        self._note(key, "job_title", "here", text)

    def _invoice(self) -> None:
        """Post a customer invoice, due long ago or much later."""
        _key, partner = self._pick()
        today = date.today()
        values = {
            "move_type": "out_invoice",
            "partner_id": partner,
            "invoice_date": str(today - timedelta(days=60)),
            "invoice_date_due": str(today + timedelta(days=self.random.choice((-20, 30)))),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [(0, 0, {"name": "Goods", "price_unit": 10.5, "tax_ids": [(5,)]})],
        }
        rpc = self.random.choice(self.nodes).rpc
        made = self._try_again(lambda: rpc("account.move", "create", [values]))
        [move] = made if isinstance(made, list) else [made]
        posted = "SELECT 1 FROM account_move WHERE id = %s AND state = 'posted'"
        self._try_again(lambda: self.connection.query(posted, move) or rpc("account.move", "action_post", [[move]]))

    def _new_here(self) -> None:
        """Make a customer of Odoo: a private one, who gets a household there, or one of a company."""
        name = self._word("")
        parent = self.random.choice(self.accounts)[1] if self.random.random() < 0.5 else False
        self.made_here[name] = self._create(name, parent_id=parent, email=f"{name.lower()}@here.example")

    def _new_there(self) -> None:
        name = self._word("")
        fields = {"FirstName": "Ada", "LastName": name, "Email": f"{name.lower()}@there.example"}
        self.made_there[name] = self.connection.simulator.create("Contact", fields)

    def _recruit(self) -> None:
        """From now on customers that were made in the meantime, and are linked, are edited like all others."""
        known = {key for key, _partner in self.contacts}
        made = {*self.made_here.values()}
        links = self._try_again(lambda: self.connection.links(part="main"))
        new = [
            (link["external_id"], link["res_id"])
            for link in links
            if link["res_model"] == "res.partner"
            and link["external_id"] not in known
            and (link["res_id"] in made or link["external_id"] in self.made_there.values())
        ]
        if not new:
            return
        org = Org(self.connection)
        for key, partner in new:
            if record := org.records.get(key):
                self.initial |= {
                    (key, field): org.reads(line, record)
                    for (name, field), line in self.lines.items()
                    if name == "Contact"
                }
                self.parents[key] = org.company(record)
                self.recruits.add(key)
                self.contacts.append((key, partner))

    def _delete_there(self) -> None:
        key, _partner = self._contact()
        if len(self.deleted) < 5 and key not in self.recruits:
            self.connection.simulator.delete("Contact", key)
            self.deleted.add(key)

    def _contact(self) -> tuple[str, int]:
        return self.random.choice([pair for pair in self.contacts if pair[0] not in self.deleted])

    def _word(self, start: str) -> str:
        """Return a new word; without a start it resembles no other, so that its customer is no match of another."""
        self._number += 1
        self._last = start + (unlike_others(f"traffic {self._number}") if not start else _letters(self._number))
        return self._last

    def _digits(self) -> str:
        self._number += 1
        return f"7{self._number:06d}"

    # ------------------------------------------------------------------ insisting
    def _write(self, partner: int, **values: Any) -> None:
        self._try_again(lambda: self.random.choice(self.nodes).rpc("res.partner", "write", [[partner], values]))

    def _create(self, name: str, **values: Any) -> int:
        """Make a partner; whether a call without an answer had made it is looked up first."""

        def make() -> int:
            found = self.connection.query("SELECT id FROM res_partner WHERE name = %s", f"Ida {name}")
            if found:
                return found[0]["id"]
            return self.random.choice(self.nodes).rpc("res.partner", "create", [[{"name": f"Ida {name}", **values}]])[0]

        return self._try_again(make)

    def _try_again(self, call: Callable[[], Any]) -> Any:
        """What a person does whose screen says that the server is away: try again."""
        for number in range(TRIES):
            try:
                return call()
            except (OSError, http.client.HTTPException, RpcError, psycopg2.OperationalError) as error:
                if number == TRIES - 1 or is_refusal(error):
                    raise
            time.sleep(0.3)
        return None

    # ------------------------------------------------------------------ the reckoning
    def lost(self) -> list[str]:
        """Every edit that did not survive on either side although no other edit touched the field, in words.

        With every mapped field that differs between the sides.
        """
        org = Org(self.connection)
        found = [*unequal(self.connection), *unedited(self.connection), *self.astray(org), *self.misplaced(org)]
        partners = self._partners()
        for name, partner in self.made_here.items():
            keys = [key for key, record in org.records.items() if record.get("LastName") == name]
            if len(keys) != 1 or not (org.records[keys[0]].get(EXTERNAL_ID) or "").endswith(f":{partner}"):
                found.append(f"{name} was made here as {partner} and is there as {keys}")
        for name, key in self.made_there.items():
            rows = self.connection.query("SELECT id FROM res_partner WHERE name = %s", f"Ada {name}")
            if len(rows) != 1 or partners.get(key, {}).get("id") != rows[0]["id"]:
                found.append(f"{name} was made there as {key} and is here as {rows}")
        return found + [f"{key} was deleted there and lives on here" for key in self.deleted if partners[key]["active"]]

    def summary(self, connection: BothWays) -> str:
        """What was done, on how many records, and about how many of them a person is asked."""
        asked, _here = people_are_asked(connection)
        return (
            f"{sum(self.steps.values())} actions {dict(self.steps)}, {len(connection.links(part='main'))} records,"
            f" {len(asked)} questions"
        )

    def _partners(self) -> dict[str, dict[str, Any]]:
        rows = self.connection.query(
            "SELECT b.external_id, p.* FROM retail_sync_link b JOIN res_partner p ON p.id = b.res_id"
            " WHERE b.connection_id = %s AND b.part = 'main' AND b.res_model = 'res.partner'", self.connection.id,
        )  # fmt: skip
        return {row["external_id"]: row for row in rows}
