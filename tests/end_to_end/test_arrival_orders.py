"""The same records in any order, by two workers at once, of two connections: the same customers each time, once each.

``ARRIVALS`` and ``ORDERS`` make it larger; 10000 and 20 take an hour.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict

from tests.stack import Stack

from .accounting import discrepancies
from .connection import Connection
from .customers import Customers

ARRIVALS = int(os.environ.get("ARRIVALS", "200"))
ORDERS = int(os.environ.get("ORDERS", "2"))
LANES = ("critical", "standard", "bulk")
TWO = ",".join(["root:2", "root.retail_sync:2", *(f"root.retail_sync.{lane}:2" for lane in LANES)])


def arrivals() -> list[dict]:
    """Contacts with all that a customer has; their e-mail addresses tell them apart."""
    customers = Customers(9801)
    records = [
        customers.contact(
            # Each once, and no two alike: a number that two strangers have is asked about, whoever comes first.
            Phone=f"+39 345 {n * 7_654_321 % 10**7:07d}", MailingStreet=f"Via {customers._word(-n)} {n}",
            MailingCity="Udine", MailingPostalCode="33100", MailingCountry="Italy",
        )
        for n in range(ARRIVALS)
    ]  # fmt: skip
    return records


def known(records: list[dict]) -> list[dict]:
    """Partners of a third of them, as staff typed them: the name turned round, the phone in another form."""
    return [
        {
            "name": f"{record['FirstName']} {record['LastName']}",
            "email": record["Email"].upper(),
            "phone": record["Phone"].replace(" ", ""),
            "street": record["MailingStreet"],
            "city": record["MailingCity"],
            "zip": record["MailingPostalCode"],
        }
        for record in records[::3]
    ]


def load_in_order(number: int, records: list[dict]) -> dict[str, tuple]:
    """Two connections load all records at once, in an order of its own; {e-mail: what became of that customer}."""
    shuffled = list(records)
    random.Random(number).shuffle(shuffled)
    with Stack(f"order{number}", workers=3, channels=TWO, simulator=True) as stack:
        made = stack.rpc("res.partner", "create", [known(records)])
        simulator = stack.simulator
        simulator.seed("Contact", shuffled)
        pair = [Connection(stack, simulator, name=name) for name in ("One", "Two")]
        for connection in pair:
            connection.tune(page_size=25, bulk_threshold=0)
        for connection in pair:
            connection.call("start_first_load")
        for connection in pair:
            connection.wait_loaded(600)
        for connection in pair:
            assert discrepancies(connection) == []
        rows = pair[0].query(
            "SELECT b.connection_id, b.external_id, b.res_id, lower(p.email) AS email, p.name"
            " FROM retail_sync_link b JOIN res_partner p ON p.id = b.res_id WHERE b.part = 'main'"
        )
        asked = [message for connection in pair for message in connection.messages("review")]
        emails = {key: record["Email"].lower() for key, record in live(simulator).items()}
        found: dict[str, list] = defaultdict(list)
        for row in rows:
            found[emails[row["external_id"]]].append(row["res_id"])
        for message in asked:
            found[emails[message["external_id"]]].append("asked")
        # One customer each, whoever of the four places it was in first; the old one where there was one.
        outcome = {}
        for email, ids in found.items():
            same = {outcome for outcome in ids if outcome != "asked"}
            outcome[email] = (len(ids), len(same), bool(same & set(made)), ids.count("asked"))
        return outcome


def live(simulator) -> dict[str, dict]:
    return {record["Id"]: record for record in simulator.records("Contact")}


def test_any_order_by_two_workers_gives_the_same_customers():
    records = arrivals()
    outcomes = [load_in_order(number, records) for number in range(ORDERS)]
    old = {record["Email"].lower() for record in records[::3]}
    for email, outcome in outcomes[0].items():
        records_of_it, partners, is_old, asked = outcome
        assert (records_of_it, partners, asked) == (2, 1, 0), f"{email}: {outcome}"
        assert is_old == (email in old)
    assert len(outcomes[0]) == ARRIVALS
    for number, outcome in enumerate(outcomes):
        assert outcome == outcomes[0], f"order {number} gave other customers"
