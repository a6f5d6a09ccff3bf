"""What happened to the records that differ in the end: what the database and the platform saw, in order of time.

A trial cannot be repeated, as the moments of death differ each time: its witness says what a fault was.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from tests.end_to_end.two_way import BothWays

LINES = 80  # of one record
_KEY = re.compile(r"\b(00[13][0-9A-Za-z]{15})\b")
_PARTNER = re.compile(r"\bpartner (\d+)\b")
# Every write of a partner and of a link, with its program: a job's worker, a user's call, a statement of SQL.
_TABLES = {"res_partner": "id", "retail_sync_link": "res_id"}
_QUIET = "write_date,write_uid,synced_at,content_hash,raw_hash,complete_name,display_name"
_NOTE = f"""
CREATE OR REPLACE FUNCTION chaos_witness() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{{}}'::jsonb END;
    after jsonb;
BEGIN
    SELECT jsonb_object_agg(key, value) INTO after FROM jsonb_each(to_jsonb(NEW))
     WHERE value IS DISTINCT FROM before -> key AND (before ? key OR value <> 'null')
       AND key <> ALL (string_to_array('{_QUIET}', ','));
    IF after IS NULL THEN RETURN NULL; END IF;
    SELECT jsonb_object_agg(key, before -> key) INTO before FROM jsonb_object_keys(after) AS key WHERE before ? key;
    INSERT INTO chaos_witness VALUES (clock_timestamp(), now(), pg_backend_pid(), TG_OP || ' ' || TG_TABLE_NAME,
        (to_jsonb(NEW) ->> TG_ARGV[0])::int, before, after);
    RETURN NULL;
END $$
"""


def watch(connection: BothWays) -> None:
    """Let the database note every change of a partner or of a link from now on."""
    sql = connection.stack.sql
    sql(
        "CREATE TABLE IF NOT EXISTS chaos_witness (at timestamptz, began timestamptz, pid int, what text, res_id int,"
        " before jsonb, after jsonb)"
    )
    sql(_NOTE)
    for table, column in _TABLES.items():
        sql(
            f"CREATE OR REPLACE TRIGGER chaos_witness AFTER INSERT OR UPDATE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION chaos_witness('{column}')"
        )


def evidence(connection: BothWays, found: list[str]) -> str:
    """Return, for each record that is named in what was found, its writes on both sides."""
    text = "\n".join(found)
    keys = dict.fromkeys(_KEY.findall(text))
    partners = {int(number): "" for number in _PARTNER.findall(text)}
    links = connection.query(
        "SELECT external_id, res_id, part FROM retail_sync_link WHERE connection_id = %s"
        " AND res_model = 'res.partner' AND (external_id = ANY(%s) OR res_id = ANY(%s))",
        connection.id,
        list(keys),
        list(partners),
    )
    for link in links:
        keys.setdefault(link["external_id"])
        partners.setdefault(link["res_id"], "")
    parts = [f"witness of {sorted(keys)}, partners {sorted(partners)}"]
    for key in keys:
        parts += [f"-- {key}", *_events(connection, key, links)]
    return "\n".join(parts)


def _events(connection: BothWays, key: str, links: list[dict[str, Any]]) -> list[str]:
    main = {link["res_id"] for link in links if link["external_id"] == key}
    rows = connection.query(
        "SELECT extract(epoch FROM at)::float8 AS at, extract(epoch FROM began)::float8 AS began, pid, what, res_id,"
        " before, after FROM chaos_witness WHERE res_id = ANY(%s) OR res_id IN"
        " (SELECT id FROM res_partner WHERE parent_id = ANY(%s) AND type <> 'contact') ORDER BY at",
        list(main),
        list(main),
    )
    seen = [
        (row["at"], f"{row['what']} {row['res_id']} by {row['pid']} (began {_clock(row['began'])}):"
         f" {json.dumps(row['before'])[:500]} -> {json.dumps(row['after'])[:700]}")
        for row in rows
    ]  # fmt: skip
    for entry in connection.simulator.journal(id=key):
        changes = {
            name: ((entry["before"] or {}).get(name), (entry["after"] or {}).get(name)) for name in entry["fields"]
        }
        seen.append((entry["wall"], f"over there: {entry['op']} by {entry['user']} ({entry['origin']},"
                     f" stamp {entry['time']}): {json.dumps(changes)[:900]}"))  # fmt: skip
    messages = connection.query(
        "SELECT id, kind, op, state, res_id, attempts, fault_code, changes::text,"
        " extract(epoch FROM create_date)::float8 AS made FROM retail_sync_message"
        " WHERE connection_id = %s AND res_id = ANY(%s) ORDER BY id",
        connection.id,
        list(main),
    )
    seen += [(message["made"], f"message {json.dumps(message)[:500]}") for message in messages]
    seen.sort(key=lambda pair: pair[0])
    return [f"{_clock(at)} {text}" for at, text in seen[-LINES:]]


def _clock(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S.%f")[:-3]
