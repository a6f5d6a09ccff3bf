"""A database as a retailer has it after years: partners, links, messages, events, runs and decisions, made by SQL.

Shares are those of a busy shop: nearly all messages are done, some tens of thousands wait or need a person, a few in a
hundred links are secondary, deleted or excluded. All values are made up from numbers, so that runs can be compared.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.stack import Stack

# Rows that one statement inserts: the database commits every few seconds.
STEP = 200_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of each kind."""

    partners: int = 1_000_000
    messages: int = 2_000_000
    events: int = 1_000_000
    runs: int = 100_000
    decisions: int = 100_000
    taken_back: int = 50_000
    differences: int = 50_000
    groups: int = 50_000
    audit: int = 200_000
    orders: int = 20_000

    def scaled(self, scale: float) -> Sizes:
        """The same shares at another size."""
        return Sizes(**{name: max(100, round(getattr(self, name) * scale)) for name in self.__slots__})

    @property
    def first_unlinked(self) -> int:
        """Of a thousand partners, twenty have no link."""
        return round(self.partners * 0.98)

    @property
    def hidden(self) -> int:
        """Partners of a company that the users of the first company may not see."""
        return self.partners // 200


PARTNERS = """
INSERT INTO res_partner (name, complete_name, is_company, active, type, autopost_bills, email, phone, street, city, zip,
                         country_id, company_id, partner_share, lang, color, create_uid, write_uid, create_date,
                         write_date)
SELECT name, name, n %% 3 = 0, true, 'contact', 'ask', 'customer' || n || '@shop' || n %% 500 || '.example',
       '+4930' || (1000000 + n), 'Street ' || n %% 900, 'Town ' || n %% 3000, lpad((n %% 99999)::text, 5, '0'),
       %(country)s, CASE WHEN n > %(shown)s THEN %(other_company)s END, true, 'en_US', 0, 1, 1,
       now() - n %% 1500 * interval '1 day', now() - n %% 90 * interval '1 day'
  FROM (SELECT n, (ARRAY['Anna','Ben','Clara','David','Elena','Finn','Greta','Hugo'])[1 + n %% 8] || ' '
               || (ARRAY['Berg','Conti','Dupont','Evers','Fischer','Garcia'])[1 + n / 8 %% 6] || ' ' || n AS name
          FROM generate_series(%(first)s, %(last)s) n) made
"""
LINKS = """
INSERT INTO retail_sync_link (connection_id, stream_id, remote_object, external_id, part, role, res_model, res_id,
                              is_primary, version, remote_modified_at, content_hash, raw_hash, base, provenance,
                              warnings, has_warnings, state, rule, reason, carries_our_id, linked_at, synced_at,
                              create_uid, write_uid, create_date, write_date)
SELECT %(connection)s, stream.id, stream.remote_object,
       CASE WHEN stream.remote_object = 'Account' THEN '001' ELSE '003' END || lpad(n::text, 15, '0'), 'main',
       stream.role, 'res.partner', %(partner)s + n, true, 1700000000000 + n, now() AT TIME ZONE 'UTC', md5(n::text),
       md5('r' || n), jsonb_build_object('name', 'Customer ' || n, 'email', 'customer' || n || '@shop.example',
       'phone', '+4930' || n, 'street', 'Street ' || n %% 900, 'city', 'Town ' || n %% 3000, 'zip', n %% 99999),
       jsonb_build_object('name', 'remote', 'email', 'remote'),
       CASE WHEN n %% 100 = 7 THEN jsonb_build_array('Phone ''' || n || ''' is no number.') END, n %% 100 = 7,
       CASE WHEN n %% 200 = 3 THEN 'deleted' WHEN n %% 500 = 9 THEN 'missing' WHEN n %% 300 = 11 THEN 'excluded'
            WHEN n %% 400 = 13 THEN 'attention' WHEN n %% 900 = 17 THEN 'merged' ELSE 'in_sync' END,
       (ARRAY['evidence','created','external_id','key'])[1 + n %% 4],
       (ARRAY['Created from the platform','Same e-mail and name','Carries our id','Same number'])[1 + n %% 4],
       n %% 5 <> 0, now() - n %% 900 * interval '1 day', now() - n %% 80 * interval '1 hour', 1, 1,
       now() - n %% 900 * interval '1 day', now()
  FROM generate_series(%(first)s, %(last)s) n
  JOIN retail_sync_stream stream ON stream.id = CASE WHEN n %% 3 = 0 THEN %(accounts)s ELSE %(contacts)s END
"""
# Secondary links of some records, as merges on the platform leave them.
SECONDARY = """
INSERT INTO retail_sync_link (connection_id, stream_id, remote_object, external_id, part, role, res_model, res_id,
                              is_primary, version, has_warnings, state, rule, reason, carries_our_id, create_uid,
                              write_uid, create_date, write_date)
SELECT connection_id, stream_id, remote_object, left(external_id, 3) || 's' || right(external_id, 14), part, role,
       res_model, res_id, false, version, false, 'in_sync', 'alias', 'Another id of ' || external_id, false, 1, 1,
       now(), now()
  FROM retail_sync_link WHERE connection_id = %(connection)s AND is_primary ORDER BY id LIMIT %(count)s
"""
# Kinds and states in one hundred thousand: (kind, state, share, team). The rest are deliveries that are done.
SHARES = (
    ("record", "open", 500, "business"),
    ("review", "review", 300, "business"),
    ("delivery", "open", 120, "technical"),
    ("field", "open", 60, "business"),
    ("merge", "open", 19, "business"),
    ("alarm", "open", 1, "technical"),
    ("delivery", "pending", 8000, "business"),
    ("delivery", "parked", 1500, "business"),
    ("record", "retrying", 500, "technical"),
    ("record", "ignored", 1000, "business"),
    ("delivery", "superseded", 3000, "business"),
)
MESSAGES = """
INSERT INTO retail_sync_message (connection_id, stream_id, company_id, direction, lane, remote_object, kind,
       external_id,
                                 merge_task, alarm_about, key, title, payload, state, op, changes, fault_class,
                                 fault_code, fault_message, rule_id, team, attempts, next_try_at, candidates,
                                 correlation_id, res_model, res_id, resolution, resolved_at, create_uid, write_uid,
                                 create_date, write_date)
SELECT %(connection)s, stream.id, NULL, CASE WHEN kind IN ('delivery', 'field', 'brake') THEN 'out' ELSE 'in' END,
       (ARRAY['standard','standard','standard','bulk','critical'])[1 + n %% 5], stream.remote_object, kind,
       CASE WHEN kind IN ('record', 'review', 'merge') THEN
            CASE WHEN n %% 2 = 0 THEN link.external_id ELSE '00Q' || lpad(n::text, 15, '0') END END,
       CASE WHEN kind = 'merge' THEN 'follow' END, CASE WHEN kind = 'alarm' THEN 'poll' END, kind || ':' || n,
       (ARRAY['Anna','Ben','Clara','David'])[1 + n %% 4] || ' Berg ' || n,
       CASE WHEN kind IN ('record', 'review') THEN jsonb_build_object('Id', n, 'Name', 'Anna Berg ' || n, 'Email',
            'customer' || n || '@shop.example', 'Phone', '+4930' || n) END,
       share.state, 'write', CASE WHEN kind = 'delivery' THEN jsonb_build_object('email', 1700000000000 + n) END,
       CASE WHEN share.state IN ('open', 'review') THEN 'mapping' END,
       CASE WHEN share.state IN ('open', 'review') THEN (ARRAY['VALUE','MISSING_PARENT','DUPLICATE','REQUIRED'])[1 + n
         %% 4]
       END,
       CASE WHEN share.state IN ('open', 'review') THEN 'The record could not be taken in: value number ' || n %% 50
         END,
       CASE WHEN share.state IN ('open', 'review') THEN (%(rules)s::int[])[1 + n %% array_length(%(rules)s::int[], 1)]
         END,
       team, 1, CASE WHEN share.state = 'retrying' THEN now() + interval '1 day' END,
       CASE WHEN kind = 'review' THEN jsonb_build_array(jsonb_build_object('id', %(partner)s + n, 'reasons',
       '[]'::jsonb))
            END,
       md5(n::text), CASE WHEN kind IN ('delivery', 'field') OR n %% 4 = 0 THEN 'res.partner' END,
       CASE WHEN kind IN ('delivery', 'field') OR n %% 4 = 0 THEN %(partner)s + 1 + n::bigint * 7919 %% %(linked)s END,
       CASE WHEN share.state IN ('done', 'superseded') THEN 'Accepted' END,
       CASE WHEN share.state IN ('done', 'superseded', 'ignored') THEN made.at END, 1, 1, made.at, made.at
  FROM generate_series(%(first)s, %(last)s) n
  CROSS JOIN LATERAL (SELECT now() AT TIME ZONE 'UTC' - (%(count)s - n) * 170 * interval '1 day' / %(count)s AS at) made
  CROSS JOIN LATERAL (SELECT n::bigint * 48271 %% 100000 AS slot) spread
  JOIN (SELECT * FROM unnest(%(from)s::int[], %(until)s::int[], %(kinds)s::text[], %(states)s::text[],
       %(teams)s::text[])
        AS share (low, high, kind, state, team)) share ON slot >= low AND slot < high
  JOIN retail_sync_stream stream ON stream.id = CASE WHEN n %% 3 = 0 THEN %(accounts)s ELSE %(contacts)s END
  LEFT JOIN retail_sync_link link ON link.id = %(link)s + n %% %(linked)s
"""
EVENTS = """
INSERT INTO retail_sync_event (connection_id, stream_id, source, event_key, remote_object, external_id, at, received_at,
                               state, done_at, attempts, correlation_id)
SELECT %(connection)s, stream.id, CASE WHEN n %% 3 = 0 THEN 'webhook' ELSE 'json' END, 'event-' || n,
       stream.remote_object, '003' || lpad((n %% %(linked)s)::text, 15, '0'), 1700000000000 + n,
       now() AT TIME ZONE 'UTC' - (%(count)s - n) * interval '1 second',
       CASE WHEN n %% 1000 = 1 THEN 'failed' WHEN n %% 100 = 2
       THEN 'ignored' WHEN n %% 2000 = 3 THEN 'pending' ELSE 'done' END, now() AT TIME ZONE 'UTC', 1, md5(n::text)
  FROM generate_series(%(first)s, %(last)s) n
  JOIN retail_sync_stream stream ON stream.id = CASE WHEN n %% 3 = 0 THEN %(accounts)s ELSE %(contacts)s END
"""
RUNS = """
INSERT INTO retail_sync_run (connection_id, stream_id, kind, state, n_read, n_sent, n_failed, started_at, ended_at,
                             correlation_id, create_uid, write_uid, create_date, write_date)
SELECT %(connection)s, CASE WHEN n %% 3 = 0 THEN %(accounts)s ELSE %(contacts)s END,
       (ARRAY['poll','push','events'])[1 + n %% 3], CASE WHEN n %% 500 = 1 THEN 'failed' ELSE 'done' END, n %% 40,
       n %% 3, 0, made.at, made.at + interval '3 seconds', md5('run' || n), 1, 1, made.at, made.at
  FROM generate_series(%(first)s, %(last)s) n
  CROSS JOIN LATERAL (SELECT now() AT TIME ZONE 'UTC' - (%(count)s - n) * interval '2 minutes' AS at) made
"""
DECISIONS = """
INSERT INTO retail_sync_match_decision (connection_id, stream_id, remote_object, external_id, title, decision, rule,
                                        reason, partner_id, score, model_version, evidence, decided_on, person_decision,
                                        person_id, person_on)
SELECT %(connection)s, %(contacts)s, 'Contact', '003' || lpad(n::text, 15, '0'), 'Anna Berg ' || n,
       (ARRAY['link','create','review'])[1 + n %% 3], 'evidence', 'Same e-mail and name', %(partner)s + 1 + n %%
       %(linked)s,
       n %% 4000, 'v1', jsonb_build_array(jsonb_build_object('id', %(partner)s + 1 + n %% %(linked)s)),
       now() - n %% 400 * interval '1 day', CASE WHEN n %% 9 = 2 THEN 'link' END, CASE WHEN n %% 9 = 2 THEN 2 END,
       CASE WHEN n %% 9 = 2 THEN now() END
  FROM generate_series(%(first)s, %(last)s) n
"""
TAKEN_BACK = """
INSERT INTO retail_sync_taken_back (connection_id, stream_id, res_model, res_id, part, canonical_field, odoo_value,
                                    remote_value, reason, user_id, at, seen, create_uid, write_uid, create_date,
                                    write_date)
SELECT %(connection)s, %(contacts)s, 'res.partner', %(partner)s + 1 + n %% %(linked)s, 'main',
       (ARRAY['email','phone','street'])[1 + n %% 3], '"a"', '"b"', 'remote_owns', 2, now() - n %% 90 * interval '1
       day',
       n %% 10 <> 0, 1, 1, now(), now()
  FROM generate_series(%(first)s, %(last)s) n
"""
DIFFERENCES = """
INSERT INTO retail_sync_difference (comparison_id, stream_id, connection_id, kind, state, subject, remote_object,
                                    external_id, res_model, res_id, names, cause, create_uid, write_uid,
                                    create_date, write_date)
SELECT %(comparison)s, %(contacts)s, %(connection)s, (ARRAY['stale','conflict','changed_by_hand'])[1 + n %% 3],
       CASE WHEN n %% 20 = 0 THEN 'open' ELSE 'done' END, 'remote:' || n, 'Contact', '003' || lpad(n::text, 15, '0'),
       'res.partner', %(partner)s + 1 + n %% %(linked)s, 'email', 'poll_missed', 1, 1, now(), now()
  FROM generate_series(%(first)s, %(last)s) n
"""
GROUPS = """
INSERT INTO retail_sync_duplicate_group (name, kind, signature, size, score, certain, state, survivor_id, create_uid,
                                         write_uid, create_date, write_date)
SELECT 'Anna Berg ' || n, CASE WHEN n %% 3 = 0 THEN 'company' ELSE 'person' END, 'bench' || n, 2, n %% 3000, n %% 2 = 0,
       CASE WHEN n %% 10 = 0 THEN 'open' WHEN n %% 10 = 1 THEN 'later' ELSE 'merged' END, %(partner)s + 2 * n, 1, 1,
       now(),
       now() FROM generate_series(%(first)s, %(last)s) n
"""
GROUP_LINES = """
INSERT INTO retail_sync_duplicate_group_line (duplicate_id, partner_id, remains, create_uid, write_uid, create_date,
                                              write_date)
SELECT found.id, found.survivor_id - side, side = 0, 1, 1, now(), now()
  FROM retail_sync_duplicate_group found CROSS JOIN (VALUES (0), (1)) AS sides (side) WHERE found.signature LIKE
       'bench%%'
"""
AUDIT = """
INSERT INTO retail_sync_audit (at, kind, user_id, company_id, model, res_ids, details)
SELECT now() AT TIME ZONE 'UTC' - n * interval '1 minute', (ARRAY['reveal','decision','merge'])[1 + n %% 3], 2, NULL,
       'res.partner', jsonb_build_array(%(partner)s + 1 + n %% %(linked)s), '{}'
  FROM generate_series(%(first)s, %(last)s) n
"""
TABLES = (
    "res_partner", "retail_sync_link", "retail_sync_message", "retail_sync_event", "retail_sync_run",
    "retail_sync_match_decision", "retail_sync_taken_back", "retail_sync_difference", "retail_sync_duplicate_group",
    "retail_sync_duplicate_group_line", "retail_sync_audit",
)  # fmt: skip


def _default_demanded(cursor: Any) -> None:
    """Give columns that other addons demand of a partner the value of the first one by default."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner' AND table_schema ="
        " current_schema AND is_nullable = 'NO' AND column_default IS NULL AND column_name <> 'id'"
    )
    for (column,) in cursor.fetchall():
        cursor.execute(f'SELECT quote_nullable("{column}") FROM res_partner ORDER BY id LIMIT 1')
        [value] = cursor.fetchone()
        cursor.execute(f'ALTER TABLE res_partner ALTER COLUMN "{column}" SET DEFAULT {value}')


def fill(stack: Stack, connection_id: int, sizes: Sizes) -> Iterator[str]:
    """Fill the database of a stack; yield what was made. Triggers stay silent: the rows are no news."""
    databases = stack.environment.databases
    with contextlib.closing(databases.connection.connect(stack.db)) as database:
        cursor = database.cursor()
        cursor.execute("SET session_replication_role = replica; SET synchronous_commit = off; SET jit = off")
        _default_demanded(cursor)
        given = _given(cursor, connection_id, sizes)
        for name, statement, count in (
            ("partners", PARTNERS, sizes.partners),
            ("links", LINKS, sizes.first_unlinked),
            ("messages", MESSAGES, sizes.messages),
            ("events", EVENTS, sizes.events),
            ("runs", RUNS, sizes.runs),
            ("decisions", DECISIONS, sizes.decisions),
            ("edits taken back", TAKEN_BACK, sizes.taken_back),
            ("differences", DIFFERENCES, sizes.differences),
            ("duplicate groups", GROUPS, min(sizes.groups, sizes.partners // 3)),
            ("audit rows", AUDIT, sizes.audit),
        ):
            for first in range(1, count + 1, STEP):
                cursor.execute(
                    statement, {**given, "count": count, "first": first, "last": min(count, first + STEP - 1)}
                )
                database.commit()
            if name == "links":
                cursor.execute("SELECT min(id) FROM retail_sync_link WHERE connection_id = %s", [connection_id])
                given["link"] = cursor.fetchone()[0]
                cursor.execute(SECONDARY, {**given, "count": count // 50})
                database.commit()
            yield f"{count:,} {name}"
        cursor.execute(GROUP_LINES)
        cursor.execute("UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL")
        database.commit()
    # What autovacuum does within minutes: statistics, and the map of what index scans need not look up.
    for table in TABLES:
        stack.sql(f"VACUUM ANALYZE {table}")
    yield "statistics"


def _given(cursor, connection_id: int, sizes: Sizes) -> dict:
    """Return the parameters that the statements share."""
    cursor.execute("SELECT nextval('res_partner_id_seq')")
    partner = cursor.fetchone()[0]
    cursor.execute(
        "SELECT remote_object, id FROM retail_sync_stream WHERE connection_id = %s AND remote_object IN"
        " ('Account', 'Contact')",
        [connection_id],
    )
    streams = dict(cursor.fetchall())
    cursor.execute("SELECT array_agg(id) FROM (SELECT id FROM retail_sync_fault_rule ORDER BY id LIMIT 12) rule")
    rules = cursor.fetchone()[0]
    cursor.execute("SELECT id FROM res_country WHERE code = 'DE'")
    country = cursor.fetchone()[0]
    cursor.execute("SELECT max(id) FROM res_company")
    company = cursor.fetchone()[0]
    cursor.execute(
        "INSERT INTO retail_sync_comparison (stream_id, connection_id, state, reason) VALUES (%s, %s, 'done', 'person')"
        " RETURNING id",
        [streams["Contact"], connection_id],
    )
    comparison = cursor.fetchone()[0]
    low, bounds = 0, []
    for kind, state, share, team in SHARES:
        bounds.append((low, low + share, kind, state, team))
        low += share
    bounds.append((low, 100_000, "delivery", "done", "business"))
    columns = ("from", "until", "kinds", "states", "teams")
    return {
        "connection": connection_id, "partner": partner, "accounts": streams["Account"], "contacts": streams["Contact"],
        "rules": rules, "country": country, "other_company": company, "comparison": comparison,
        "shown": sizes.partners - sizes.hidden, "linked": sizes.first_unlinked,
        **{name: [row[number] for row in bounds] for number, name in enumerate(columns)},
    }  # fmt: skip
