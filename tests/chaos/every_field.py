"""Every field of the mapping, compared as two clerks would who have both screens before them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tests.end_to_end.connection import Connection

from .readings import ADDRESS, PARTNERS, READINGS, Line, Org, Row, lines

MAIN = "main"


def uncompared(connection: Connection) -> list[str]:
    """Mapped fields that no clerk knows how to read: a difference in it would stay unseen."""
    unread = {(line.object, line.field) for line in lines(connection) if line.field not in READINGS}
    return [f"{name}: {field} is mapped and not compared" for name, field in sorted(unread)]


def unequal(connection: Connection) -> list[str]:
    """Return in words which mapped fields differ, which parts are missing, doubled or left over.

    Records that a person is asked about are left out; a mapped field without a comparison counts as a difference.
    """
    if found := uncompared(connection):
        return found
    org, mapping = Org(connection), lines(connection)
    asked, asked_here = people_are_asked(connection)
    parts: dict[str, dict[str, Row]] = defaultdict(dict)
    rows = connection.query(PARTNERS, connection.id)
    for row in rows:
        parts[row["external_id"]][row["part"]] = row
    for row in rows:
        record = org.records.get(row["external_id"])
        if row["part"] != MAIN or record is None or row["external_id"] in asked or row["id"] in asked_here:
            continue
        its_lines = [line for line in mapping if line.object == row["remote_object"] and line.is_of(record)]
        found += [
            f"{row['remote_object']} {row['external_id']} / partner {row['id']}: {name} is {there!r} there and {here!r}"
            " here"
            for name, (there, here) in _pairs(org, its_lines, record, row).items()
            if there != here
        ]
        for part in {line.part for line in its_lines} - {MAIN}:
            found += _part(org, its_lines, part, record, parts[row["external_id"]].get(part))
    return found + _doubled(connection)


def people_are_asked(connection: Connection) -> tuple[set[str], set[int]]:
    """Records and partners that a person has to decide about: the sides may differ until then."""
    messages = connection.messages("open", "review")
    return (
        {message["external_id"] for message in messages if message["external_id"]},
        {message["res_id"] for message in messages if message["res_id"]},
    )


def _pairs(org: Org, mapping: list[Line], record: Row, row: Row) -> dict[str, tuple[Any, Any]]:
    """{field: (value there, value here)} of a record and its partner."""
    pairs = {}
    # A contact of Odoo shows the address of its company where it has none, or names no other place.
    borrows = row["type"] == "contact" and row["parent_id"]
    for line in mapping:
        if line.part != MAIN:
            continue
        there, here = org.reads(line, record), READINGS[line.field].here(row)
        # What Odoo fills in of its own accord is no edit.
        if there is None and (line.field == "language" or (line.field in ADDRESS and borrows)):
            continue
        pairs[line.field] = (there, here)
    return pairs


def _part(org: Org, mapping: list[Line], part: str, record: Row, child: Row | None) -> list[str]:
    wanted = {line.field: org.reads(line, record) for line in mapping if line.part == part}
    what = f"{record['attributes']['type'] if 'attributes' in record else ''} {record['Id']}: {part}".strip()
    if not any(wanted.values()):
        return [f"{what} is here as {child['id']} and not there"] if child else []
    if child is None:
        main = {line.field: org.reads(line, record) for line in mapping if line.part == MAIN}
        # The customer's own address once more needs no record of its own.
        return [] if all(main.get(name) == wanted[name] for name in wanted) else [f"{what} is there and not here"]
    here = {name: READINGS[name].here(child) for name in wanted}
    return [f"{what} is {wanted} there and {here} here"] if here != wanted else []


def _doubled(connection: Connection) -> list[str]:
    """Return addresses of one kind that a linked customer has twice, with who made each and when."""
    rows = connection.query(
        "SELECT partner.parent_id, partner.type, count(*) AS times, string_agg(format('#%%s by user %%s at %%s%%s,"
        " %%s', partner.id, partner.create_uid, partner.create_date, CASE WHEN EXISTS (SELECT"
        " FROM retail_sync_link held WHERE held.res_model = 'res.partner' AND held.res_id = partner.id"
        " AND held.is_primary) THEN ', linked' END,"
        " partner.street), '; ' ORDER BY partner.id) AS which FROM res_partner partner JOIN retail_sync_link link"
        " ON link.res_model = 'res.partner' AND link.res_id = partner.parent_id AND link.part = 'main'"
        " AND link.is_primary AND link.connection_id = %s"
        " JOIN res_partner owner ON owner.id = partner.parent_id"
        " WHERE partner.active AND (partner.type IN ('delivery', 'invoice')"
        " OR partner.type = 'other' AND NOT owner.is_company) GROUP BY 1, 2 HAVING count(*) > 1",
        connection.id,
    )
    return [f"partner {row['parent_id']} has {row['times']} {row['type']} addresses ({row['which']})" for row in rows]
