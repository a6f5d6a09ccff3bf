"""People at work on both sides while things die under them, and what must be there in the end."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable
from random import Random
from typing import Any

import psycopg2

from setup.lib.rpc import RpcError
from tests.end_to_end.customers import unlike_others
from tests.end_to_end.equality import EXTERNAL_ID
from tests.end_to_end.two_way import BothWays
from tests.stack import Stack

from .every_field import unequal
from .places import Places

TRIES = 60


def _letters(number: int) -> str:
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05d}")


class Traffic(Places):
    """Edits, moves, blocks, new and deleted customers on both sides, at random, from a thread of its own.

    nodes: the servers that Odoo's users are connected to; each edit goes to one of them.
    Fields that only one side edits must arrive as they were last; of those that both edit, the last of one side must.
    """

    def __init__(self, connection: BothWays, random: Random, nodes: list[Stack] | None = None) -> None:
        self.connection, self.random = connection, random
        self.nodes = nodes or [connection.stack]
        self.steps = 0
        self.error: BaseException | None = None
        self._number = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        partners = {b["external_id"]: b["res_id"] for b in connection.links(part="main")}
        self.accounts = [(key, partners[key]) for key in sorted(partners) if key.startswith("001")]
        self.contacts = [(key, partners[key]) for key in sorted(partners) if key.startswith("003")]
        # (external id, field over there, field here) -> what either side last wrote
        self.sole: dict[tuple[str, str, str], Any] = {}
        self.contested: dict[str, dict[str, str]] = {}
        self.made_here: dict[str, int] = {}
        self.made_there: dict[str, str] = {}
        self.deleted: set[str] = set()
        self._begin_places()

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
        self.steps += 1
        what = self.random.choices(
            (self._edit_here, self._edit_there, self._clash, self._block, self._sql, self._new_here, self._new_there,
             self._delete_there, self._address, self._part, self._move_there, self._move_here, self._opt_out),
            (30, 30, 10, 8, 6, 8, 6, 2, 12, 12, 6, 3, 10),
        )[0]  # fmt: skip
        what()

    def _edit_here(self) -> None:
        if self.random.random() < 0.5:
            key, partner = self._contact()
            self._write(partner, function=self._word("Title"))
            self.sole[key, "Title", "function"] = self._last
        else:
            key, partner = self.random.choice(self.accounts)
            self._write(partner, website=f"https://{self._word('w').lower()}.example")
            self.sole[key, "Website", "website"] = f"https://{self._last.lower()}.example"

    def _edit_there(self) -> None:
        if self.random.random() < 0.5:
            key, _partner = self._contact()
            mail = f"{self._word('m').lower()}@there.example"
            self.connection.simulator.edit("Contact", key, {"Email": mail})
            self.sole[key, "Email", "email"] = mail
        else:
            key, _partner = self.random.choice(self.accounts)
            self.connection.simulator.edit("Account", key, {"Name": self._word("")})
            self.sole[key, "Name", "name"] = self._last

    def _clash(self) -> None:
        key, partner = self._contact()
        here, there = (f"+39 02 {self._digits()}" for _ in range(2))
        self.connection.simulator.edit("Contact", key, {"Phone": there})
        self._write(partner, phone=here)
        self.contested[key] = {"here": here, "there": there}

    def _block(self) -> None:
        key, partner = self.random.choice(self.accounts)
        blocked = not self.sole.get((key, "Odoo_Account_Blocked__c", "account_block"), False)
        self._write(partner, account_block=blocked, account_block_reason=self._word("Reason"))
        self.sole[key, "Odoo_Account_Blocked__c", "account_block"] = blocked

    def _sql(self) -> None:
        key, partner = self._contact()
        text = self._word("Sql")
        self._try_again(
            lambda: self.connection.stack.sql("UPDATE res_partner SET function = %s WHERE id = %s", (text, partner))
        )
        self.sole[key, "Title", "function"] = text

    def _new_here(self) -> None:
        name = self._word("")
        parent = self.random.choice(self.accounts)[1] if self.random.random() < 0.5 else False
        self.made_here[name] = self._create(name, parent_id=parent, email=f"{name.lower()}@here.example")

    def _new_there(self) -> None:
        name = self._word("")
        fields = {"FirstName": "Ada", "LastName": name, "Email": f"{name.lower()}@there.example"}
        self.made_there[name] = self.connection.simulator.create("Contact", fields)

    def _delete_there(self) -> None:
        key, _partner = self._contact()
        if len(self.deleted) < 5:
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
            except (OSError, http.client.HTTPException, RpcError, psycopg2.OperationalError):
                if number == TRIES - 1:
                    raise
            time.sleep(0.3)
        return None

    # ------------------------------------------------------------------ the reckoning
    def lost(self) -> list[str]:
        """Every edit that did not survive on either side although no other edit touched the field, in words.

        With every mapped field that differs between the sides.
        """
        found = unequal(self.connection)
        records = {r["Id"]: r for name in ("Account", "Contact") for r in self.connection.simulator.records(name)}
        partners = {key: row for key, row in self._partners().items()}
        found += self.misplaced(records)
        for (key, there, here), value in self.sole.items():
            if key in self.deleted:
                continue
            values = (records[key].get(there) or False, partners[key].get(here) or False)
            if values != (value, value):
                found.append(f"{key}: {there} should be {value!r} and is {values[0]!r} there, {values[1]!r} here")
        for key, wrote in self.contested.items():
            if key not in self.deleted and _digits(records[key]["Phone"]) not in {_digits(v) for v in wrote.values()}:
                found.append(f"{key}: the phone is {records[key]['Phone']!r}; written were {wrote}")
        for name, partner in self.made_here.items():
            keys = [key for key, record in records.items() if record.get("LastName") == name]
            if len(keys) != 1 or not records[keys[0]].get(EXTERNAL_ID, "").endswith(f":{partner}"):
                found.append(f"{name} was made here as {partner} and is there as {keys}")
        for name, key in self.made_there.items():
            rows = self.connection.query("SELECT id FROM res_partner WHERE name = %s", f"Ada {name}")
            if len(rows) != 1 or partners.get(key, {}).get("id") != rows[0]["id"]:
                found.append(f"{name} was made there as {key} and is here as {rows}")
        found += [f"{key} was deleted there and lives on here" for key in self.deleted if partners[key]["active"]]
        return found

    def _partners(self) -> dict[str, dict[str, Any]]:
        rows = self.connection.query(
            "SELECT b.external_id, p.* FROM retail_sync_link b JOIN res_partner p ON p.id = b.res_id"
            " WHERE b.connection_id = %s AND b.part = 'main'", self.connection.id,
        )  # fmt: skip
        return {row["external_id"]: row for row in rows}


def _digits(phone: str | None) -> str:
    return "".join(filter(str.isdigit, phone or ""))[-7:]
