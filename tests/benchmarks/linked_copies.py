"""Copies of loaded contacts on both sides, linked as if each had been loaded: many in seconds, past both APIs."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from tests.end_to_end.connection import Connection
from tests.end_to_end.customers import OLD
from tests.simulators.salesforce.clock import epoch_of

OUR_ID = "Odoo_External_Id__c"
# What the org sets itself.
SYSTEM = {"Id", "IsDeleted", "SystemModstamp", "CreatedDate", "LastModifiedDate", "CreatedById", "LastModifiedById"}


def copy_contacts(connection: Connection, templates: Sequence[str], count: int) -> list[str]:
    """Make so many copies of contacts, in turn, in the org and in Odoo; return their external ids.

    Copies have the values of their template, the name included: a comparison does not look for namesakes.
    """
    if count < 1:
        return []
    stack, org = connection.stack, connection.simulator
    rows = {row["Id"]: row for row in org.records("Contact")}
    links = {
        link["external_id"]: link for link in connection.links(part="main") if link["external_id"] in set(templates)
    }
    if links.keys() != set(templates):
        raise RuntimeError(f"{len(links)} of {len(templates)} templates are linked")
    [(first,)] = stack.sql("SELECT last_value + 1 FROM res_partner_id_seq")
    given = [(templates[number % len(templates)], first + number) for number in range(count)]
    records = []
    for template, partner in given:
        row = {name: value for name, value in rows[template].items() if name not in SYSTEM}
        if row.get(OUR_ID):
            row[OUR_ID] = f"{row[OUR_ID].rpartition(':')[0]}:{partner}"
        records.append({**row, "SystemModstamp": OLD, "CreatedDate": OLD})
    ids = org.seed("Contact", records)
    copies = [(links[template], partner, id_) for (template, partner), id_ in zip(given, ids, strict=True)]
    _copy_in_odoo(connection, copies)
    return ids


def _copy_in_odoo(connection: Connection, copies: list[tuple[dict, int, str]]) -> None:
    """Copy partners and links by SQL, without triggers: the copies are no news."""
    stack = connection.stack
    version = round(epoch_of(OLD) * 1000)
    partner_columns = _columns(connection, "res_partner", ("id",))
    link_columns = _columns(connection, "retail_sync_link", ("id", "external_id", "res_id", "version", "raw_hash"))
    databases = stack.environment.databases
    with contextlib.closing(databases.connection.connect(stack.db)) as database:
        with database.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute("CREATE TEMP TABLE copies (link_id int, source_id int, partner_id int, external_id text)")
            for start in range(0, len(copies), 20_000):
                part = copies[start : start + 20_000]
                cursor.execute(
                    "INSERT INTO copies SELECT * FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[])",
                    [
                        [link["id"] for link, _partner, _id in part],
                        [link["res_id"] for link, _partner, _id in part],
                        [partner for _link, partner, _id in part],
                        [external_id for _link, _partner, external_id in part],
                    ],
                )
            cursor.execute("ANALYZE copies")
            cursor.execute(
                f"INSERT INTO res_partner (id, {partner_columns}) SELECT copies.partner_id, {partner_columns}"
                " FROM copies JOIN res_partner source ON source.id = copies.source_id"
            )
            cursor.execute("UPDATE res_partner SET commercial_partner_id = id WHERE parent_id IS NULL")
            cursor.execute("SELECT setval('res_partner_id_seq', (SELECT max(id) FROM res_partner))")
            cursor.execute(
                "INSERT INTO retail_sync_link (external_id, res_id, version, raw_hash, "
                f"{link_columns}) SELECT copies.external_id, copies.partner_id, %s, NULL, {link_columns}"
                " FROM copies JOIN retail_sync_link source ON source.id = copies.link_id",
                [version],
            )
        database.commit()
    stack.sql("ANALYZE res_partner, retail_sync_link")


def _columns(connection: Connection, table: str, without: Sequence[str]) -> str:
    rows = connection.query(
        "SELECT column_name AS name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
        " ORDER BY 1",
        table,
    )
    return ", ".join(f'"{row["name"]}"' for row in rows if row["name"] not in without)
