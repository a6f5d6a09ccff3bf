"""Tables, triggers and the query of the status of records.

A record's status follows from its link and from its messages, which different transactions write at the same time. So
the triggers only note whose status may have changed, in rows of their own that no one else touches. ``record_fold``
consumes them: it alone writes the status table, one transaction at a time, from what is committed by then.
"""

from ...runtime.constants import UNCLOSED_STATES, sql_list
from ..exceptions.subject import KINDS

# Kinds of messages that are about one record: of those the record is named by the platform's id or by Odoo's.
BY_REMOTE_ID = ("record", "review", "merge", "overwritten")
BY_ODOO_ID = ("delivery", "field")
# Kinds about no single record.
WIDE_KINDS = tuple(kind for kind, _label in KINDS if kind not in (*BY_REMOTE_ID, *BY_ODOO_ID))

TABLES = """
CREATE TABLE IF NOT EXISTS retail_sync_record_status (
    id serial PRIMARY KEY, connection_id int NOT NULL, stream_id int NOT NULL, link_id int, message_id int,
    remote_object varchar, external_id varchar, res_model varchar, res_id int, status varchar NOT NULL,
    subject varchar);
CREATE UNIQUE INDEX IF NOT EXISTS retail_sync_record_status_link_uniq
    ON retail_sync_record_status (link_id) WHERE link_id IS NOT NULL;
CREATE UNIQUE INDEX IF NOT EXISTS retail_sync_record_status_subject_uniq
    ON retail_sync_record_status (stream_id, subject) WHERE link_id IS NULL;
CREATE INDEX IF NOT EXISTS retail_sync_record_status_stream_idx ON retail_sync_record_status (stream_id, status, id);
CREATE INDEX IF NOT EXISTS retail_sync_record_status_status_idx ON retail_sync_record_status (status, id);
CREATE INDEX IF NOT EXISTS retail_sync_record_status_record_idx ON retail_sync_record_status (res_id, res_model);
-- Whose status may have changed: rows are inserted by triggers and consumed by deletion. They have no key, so that no
-- two transactions ever wait for each other.
CREATE TABLE IF NOT EXISTS retail_sync_record_stale (
    link_id int, connection_id int, role varchar, stream_id int, remote_object varchar, external_id varchar,
    res_model varchar, res_id int);
-- Number of rows of the status table, written with it.
CREATE TABLE IF NOT EXISTS retail_sync_record_count (
    stream_id int NOT NULL, status varchar NOT NULL, res_model varchar NOT NULL, linked boolean NOT NULL,
    n int NOT NULL, PRIMARY KEY (stream_id, status, res_model, linked));
-- One row: the state of the figures. Its version comes from a sequence: one that was rolled back never returns.
CREATE TABLE IF NOT EXISTS retail_sync_record_figures (version bigint NOT NULL, at timestamp NOT NULL);
CREATE SEQUENCE IF NOT EXISTS retail_sync_record_version;
"""
SEARCH_INDEX = "CREATE INDEX IF NOT EXISTS retail_sync_record_status_external_idx ON retail_sync_record_status %s"
TABLE_NAMES = (
    "retail_sync_record_status",
    "retail_sync_record_stale",
    "retail_sync_record_count",
    "retail_sync_record_figures",
)
_NOTED = "connection_id, role, stream_id, remote_object, external_id, res_model, res_id"
_OF_LINK = "id, connection_id, role, NULL::int, remote_object, external_id, res_model, res_id"
_OF_MESSAGE = "NULL::int, NULL::int, NULL::varchar, stream_id, remote_object, external_id, res_model, res_id"
# An ended message says nothing about its record, one that is ignored does.
_ENDED = "('done', 'superseded')"


def _row(side: str, columns: str) -> str:
    """Return columns of one row of a trigger, e.g. NEW."""
    return ", ".join(name if "NULL" in name else f"{side}.{name}" for name in columns.split(", "))


def _compared(names: tuple[str, ...]) -> str:
    """Return the condition under which an update changes one of these columns."""
    old, new = (", ".join(f"{side}.{name}" for name in names) for side in ("OLD", "NEW"))
    return f"({old}) IS DISTINCT FROM ({new})"


_KEY_OF_LINK = ("connection_id", "role", "remote_object", "external_id", "res_model", "res_id", "part")
_KEY_OF_MESSAGE = ("kind", "stream_id", "remote_object", "external_id", "res_model", "res_id")
_NOTE = f"INSERT INTO retail_sync_record_stale (link_id, {_NOTED})"

LINK_FUNCTION = f"""
CREATE OR REPLACE FUNCTION retail_sync_record_link() RETURNS trigger AS $$
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        {_NOTE} SELECT {_OF_LINK} FROM changed WHERE part = 'main';
    ELSIF 'main' IN (OLD.part, NEW.part) THEN
        IF {_compared((*_KEY_OF_LINK, "state", "is_primary", "stream_id", "has_warnings"))} THEN
            {_NOTE} VALUES ({_row("NEW", _OF_LINK)});
            IF {_compared(_KEY_OF_LINK)} THEN
                {_NOTE} VALUES ({_row("OLD", _OF_LINK)});
            END IF;
        END IF;
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""
# Of an update that leaves a message ended, or waiting as it was, nothing is noted: most updates are such.
MESSAGE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION retail_sync_record_message() RETURNS trigger AS $$
DECLARE
    waiting text[] := ARRAY['pending', 'parked', 'sending', 'retrying'];
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        {_NOTE} SELECT {_OF_MESSAGE} FROM changed WHERE state NOT IN {_ENDED};
    ELSIF OLD.state NOT IN {_ENDED} OR NEW.state NOT IN {_ENDED} THEN
        IF {_compared(_KEY_OF_MESSAGE)} THEN
            {_NOTE} VALUES ({_row("OLD", _OF_MESSAGE)}), ({_row("NEW", _OF_MESSAGE)});
        ELSIF OLD.state <> NEW.state AND NOT (OLD.state = ANY(waiting) AND NEW.state = ANY(waiting))
              OR OLD.rule_id IS DISTINCT FROM NEW.rule_id THEN
            {_NOTE} VALUES ({_row("NEW", _OF_MESSAGE)});
        END IF;
    END IF;
    RETURN NULL;
END
$$ LANGUAGE plpgsql
"""
_FUNCTIONS = {"link": "retail_sync_record_link", "message": "retail_sync_record_message"}


def create_triggers() -> str:
    """Return the SQL that makes the triggers; inserts and deletions call a function once per statement."""
    statements = [LINK_FUNCTION, MESSAGE_FUNCTION]
    for name, function in _FUNCTIONS.items():
        table = f"retail_sync_{name}"
        for event, seen in (("insert", "NEW"), ("delete", "OLD")):
            statements.append(f"DROP TRIGGER IF EXISTS {function}_{event} ON {table}")
            statements.append(
                f"CREATE TRIGGER {function}_{event} AFTER {event.upper()} ON {table}"
                f" REFERENCING {seen} TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )
        statements.append(f"DROP TRIGGER IF EXISTS {function}_update ON {table}")
        statements.append(
            f"CREATE TRIGGER {function}_update AFTER UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()"
        )
    return ";\n".join(statements)


# All that exists is stale: for a database that had links before it had these tables.
NOTE_ALL = f"""
{_NOTE} SELECT {_OF_LINK} FROM retail_sync_link WHERE part = 'main';
{_NOTE} SELECT {_OF_MESSAGE} FROM retail_sync_message WHERE state NOT IN {_ENDED} AND stream_id IS NOT NULL
"""

DROP = (
    f"DROP FUNCTION IF EXISTS {', '.join(f'{name}()' for name in _FUNCTIONS.values())} CASCADE;"
    f"DROP TABLE IF EXISTS {', '.join(TABLE_NAMES)};"
    "DROP SEQUENCE IF EXISTS retail_sync_record_version"
)


def fresh(scoped: bool) -> str:
    """Return the query of the status of records, computed from links and messages; without a scope, of all records.

    Columns: those of the status table without the id. A scope is given by the parameters ``links`` (ids), ``streams``
    and ``externals`` (names of records by the platform's id), ``odoo_streams``, ``odoo_models`` and ``odoo_ids``.
    """
    remote, odoo, links = "", "", ""
    if scoped:
        remote = (
            " AND (message.stream_id, message.external_id) IN"
            " (SELECT * FROM unnest(%(streams)s::int[], %(externals)s::varchar[]))"
        )
        odoo = (
            " AND (message.stream_id, message.res_model, message.res_id) IN"
            " (SELECT * FROM unnest(%(odoo_streams)s::int[], %(odoo_models)s::varchar[], %(odoo_ids)s::int[]))"
        )
        links = " AND link.id = ANY(%(links)s)"
    return _FRESH.format(
        remote=remote,
        odoo=odoo,
        links=links,
        by_remote_id=sql_list(BY_REMOTE_ID),
        by_odoo_id=sql_list(BY_ODOO_ID),
        unclosed=sql_list(UNCLOSED_STATES),
    )


_FRESH = """
WITH named AS (
    SELECT message.id, message.connection_id, message.stream_id, message.remote_object, message.external_id,
           message.res_model, message.res_id, message.state, link.id AS link_id,
           'remote ' || message.external_id AS subject
      FROM retail_sync_message message
      JOIN retail_sync_stream stream ON stream.id = message.stream_id
      LEFT JOIN retail_sync_link link ON link.connection_id = message.connection_id
           AND link.remote_object = message.remote_object AND link.external_id = message.external_id
           AND link.part = 'main' AND link.role = stream.role AND link.stream_id IS NOT NULL
     WHERE message.kind IN ({by_remote_id}) AND message.state IN ({unclosed})
           AND message.external_id IS NOT NULL{remote}
     UNION ALL
    SELECT message.id, message.connection_id, message.stream_id, stream.remote_object, message.external_id,
           message.res_model, message.res_id, message.state, link.id,
           'odoo ' || message.res_model || message.res_id
      FROM retail_sync_message message
      JOIN retail_sync_stream stream ON stream.id = message.stream_id
      LEFT JOIN retail_sync_link link ON link.connection_id = message.connection_id
           AND link.res_model = message.res_model AND link.res_id = message.res_id
           AND link.is_primary AND link.part = 'main' AND link.role = stream.role
           AND link.stream_id IS NOT NULL
     WHERE message.kind IN ({by_odoo_id}) AND message.state IN ({unclosed}) AND message.res_model IS NOT NULL
           AND message.res_id IS NOT NULL{odoo}
), worst AS (
    SELECT DISTINCT ON (link_id, CASE WHEN link_id IS NULL THEN stream_id END,
                        CASE WHEN link_id IS NULL THEN subject END) named.*,
           CASE WHEN state IN ('open', 'unknown') THEN 'attention'
                WHEN state = 'review' THEN 'review' ELSE 'pending' END AS status
      FROM named
     ORDER BY link_id, CASE WHEN link_id IS NULL THEN stream_id END, CASE WHEN link_id IS NULL THEN subject END,
           CASE WHEN state IN ('open', 'unknown') THEN 1 WHEN state = 'review' THEN 2 ELSE 3 END, id
), ignored AS (
    SELECT DISTINCT ON (message.stream_id, message.external_id) message.*
      FROM retail_sync_message message
      JOIN retail_sync_stream stream ON stream.id = message.stream_id
     WHERE message.state = 'ignored' AND message.kind IN ({by_remote_id})
       AND message.external_id IS NOT NULL{remote}
       AND NOT EXISTS (SELECT FROM retail_sync_link link
            WHERE link.connection_id = message.connection_id
              AND link.remote_object = message.remote_object
              AND link.external_id = message.external_id
              AND link.part = 'main' AND link.role = stream.role AND link.stream_id IS NOT NULL)
       AND NOT EXISTS (SELECT FROM retail_sync_message waiting
            WHERE waiting.stream_id = message.stream_id AND waiting.external_id = message.external_id
              AND waiting.kind IN ({by_remote_id}) AND waiting.state IN ({unclosed}))
     ORDER BY message.stream_id, message.external_id, message.id DESC
)
SELECT link.connection_id, link.stream_id, link.id AS link_id, worst.id AS message_id, link.remote_object,
       link.external_id, link.res_model, link.res_id,
       CASE WHEN worst.status IN ('attention', 'review') THEN worst.status
            WHEN link.state IN ('excluded', 'deleted', 'merged', 'missing') THEN link.state
            WHEN link.state = 'attention' THEN 'attention'
            WHEN worst.status IS NOT NULL THEN worst.status
            WHEN link.is_primary THEN 'in_sync' ELSE 'secondary' END AS status, NULL::varchar AS subject
  FROM retail_sync_link link LEFT JOIN worst ON worst.link_id = link.id
 WHERE link.part = 'main' AND link.stream_id IS NOT NULL{links}
 UNION ALL
SELECT connection_id, stream_id, NULL, id, remote_object, external_id, res_model, res_id, status, subject
  FROM worst WHERE link_id IS NULL
 UNION ALL
SELECT connection_id, stream_id, NULL, id, remote_object, external_id, res_model, res_id, 'ignored',
       'remote ' || external_id
  FROM ignored
"""
