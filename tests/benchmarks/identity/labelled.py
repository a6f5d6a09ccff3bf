"""The labelled sets: their records, and which of them are one customer. Labels are only for figures."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from retail_sync.domain.identity.normalise.features import Features, prepare
from retail_sync.domain.identity.normalise.record import Record, read_record
from setup.lib import paths

CONTACT_DROPS = ("soc_sec_id", "date_of_birth")


@dataclass
class LabelledSet:
    """``base`` and ``arriving`` records (all in ``base`` where duplicates are sought in one file). ``entity``: id ->
    customer, empty where there is no truth. ``trap``: id -> sort of look-alike, for reading results only. ``sources``:
    arriving records as they came, to be timed.
    """

    name: str
    base: list[Features]
    arriving: list[Features] = field(default_factory=list)
    entity: dict[str, str] = field(default_factory=dict)
    trap: dict[str, str] = field(default_factory=dict)
    sources: list[Record] = field(default_factory=list)

    def true_pairs(self) -> set[tuple[str, str]]:
        """Pairs of ids of one customer: across the two files where there are two, the lower id first."""
        groups: dict[str, list[str]] = {}
        for record in (*self.base, *self.arriving):
            if record.id in self.entity:
                groups.setdefault(self.entity[record.id], []).append(record.id)
        base = {record.id for record in self.base}
        return {
            (min(record_id, other), max(record_id, other))
            for ids in groups.values()
            for index, record_id in enumerate(ids)
            for other in ids[:index]
            if not self.arriving or (record_id in base) != (other in base)
        }


def data_folder() -> Path:
    """Where the public sets are: RETAIL_SYNC_DATA/identity, else beside the checkout."""
    given = os.environ.get("RETAIL_SYNC_DATA")
    return (Path(given) if given else paths.ROOT.parent / "shared" / "data") / "identity"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, skipinitialspace=True)
        return [{(name or "").strip(): (value or "").strip() for name, value in row.items()} for row in rows]


def _febrl_record(row: dict[str, str], drop: tuple[str, ...]) -> Record:
    row = {name: "" if name in drop else value for name, value in row.items()}
    return Record(
        id=row["rec_id"],
        kind="person",
        first_name=row["given_name"],
        last_name=row["surname"],
        street=f"{row['street_number']} {row['address_1']}".strip(),
        street2=row["address_2"],
        city=row["suburb"],
        zip=row["postcode"],
        state=row["state"],
        country="AU",
        birthdate=row["date_of_birth"],
        numbers=(row["soc_sec_id"],) if row["soc_sec_id"] else (),
    )


def febrl(name: str, files: tuple[Path, ...], drop: tuple[str, ...] = ()) -> LabelledSet:
    parts = [[prepare(_febrl_record(row, drop)) for row in _rows(path)] for path in files]
    entity = {record.id: re.match(r"rec-(\d+)", record.id).group(1) for part in parts for record in part}
    return LabelledSet(name, parts[0], parts[1] if len(parts) > 1 else [], entity)


def fake_1000(path: Path) -> LabelledSet:
    found = LabelledSet("fake_1000", [])
    for row in _rows(path):
        record = Record(
            id=row["unique_id"], kind="person", first_name=row["first_name"], last_name=row["surname"],
            city=row["city"], emails=(row["email"],) if row["email"] else (), birthdate=row["dob"],
        )  # fmt: skip
        found.base.append(prepare(record))
        found.entity[record.id] = row["cluster"]
    return found


def restaurants(folder: Path) -> LabelledSet:
    found = LabelledSet("restaurants", [])
    for prefix, file, part in (("z", "zagats.csv", found.base), ("f", "fodors.csv", found.arriving)):
        for row in _rows(folder / file):
            record = Record(
                id=prefix + row["id"], kind="company", name=row["name"], street=row["addr"], city=row["city"],
                country="US", phones=(row["phone"],) if row["phone"] else (),
            )  # fmt: skip
            part.append(prepare(record))
            found.entity[record.id] = record.id
    for row in _rows(folder / "matches.csv"):
        found.entity["f" + row["fodors_id"]] = "z" + row["zagats_id"]
    return found


def crm_folder(folder: Path, dedupe: bool = False) -> LabelledSet:
    """``records.csv`` and, where there is one, ``truth.csv`` of ``folder``. The records of source "odoo" are the base,
    all of them with ``dedupe``.
    """
    found = LabelledSet(folder.name, [])
    for row in _rows(folder / "records.csv"):
        record = read_record(row["record_id"], row)
        arriving = not dedupe and row.get("source", "odoo") != "odoo"
        (found.arriving if arriving else found.base).append(prepare(record))
        if arriving:
            found.sources.append(record)
    truth = folder / "truth.csv"
    if truth.is_file():
        for row in _rows(truth):
            found.entity[row["record_id"]] = row["entity_id"]
            found.trap[row["record_id"]] = row.get("trap", "")
    return found
