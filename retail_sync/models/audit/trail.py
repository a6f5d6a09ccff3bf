"""Write the audit trail: one row per action of a person, in the transaction of the action."""

import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg2.extras import Json

from odoo import models
from odoo.api import Environment

from ...domain.security.audit import AuditKind, codes_only, digest
from . import sealing


def add(
    env: Environment,
    kind: AuditKind | str,
    *,
    model: str = "",
    res_ids: Iterable[int] = (),
    connection: models.BaseModel | None = None,
    company: models.BaseModel | None = None,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> int:
    """Write one row and return its id; whoever the user of env is, the row is written.

    The row belongs to the caller's transaction: what is rolled back did not happen.

    :param model: of the records that the action was about
    :param connection: of which the action was part, if any
    :param company: that may read the row; by default the one of the records, or of the connection
    :param reason: words of a person; kept in a table of their own, from which an erasure may remove them
    :param details: codes, ids and names of fields. Never a value: what is no code becomes a mask
    """
    ids = list(dict.fromkeys(res_ids))
    company_id = company.id if company else _company_of(env, model, ids)
    if not company_id and connection:
        company_id = connection.sudo().company_id.id
    salt = secrets.token_hex(16) if reason else ""
    env.cr.execute(
        "INSERT INTO retail_sync_audit (at, kind, user_id, company_id, connection_model, connection_id, model,"
        " res_ids, details, text_digest) VALUES (clock_timestamp() AT TIME ZONE 'UTC', %s, %s, %s, %s, %s, %s, %s, %s,"
        " %s) RETURNING id",
        [
            AuditKind(kind).value,
            env.uid,
            company_id or None,
            connection._name if connection else None,
            connection.id if connection else None,
            model or None,
            Json(ids),
            Json(codes_only(details or {})),
            digest(salt, reason) if reason else None,
        ],
    )
    row_id: int = env.cr.fetchone()[0]
    if reason:
        env.cr.execute(
            "INSERT INTO retail_sync_audit_text (audit_id, salt, text) VALUES (%s, %s, %s)", [row_id, salt, reason]
        )
    sealing.after_commit(env)
    return row_id


def decided(records: models.BaseModel, answer: str, *, reason: str = "", **details: Any) -> None:
    """Write what a person decided about records that have a connection each: one row per connection.

    :param answer: code of the decision
    :param reason: as for ``add``, and so are the details
    """
    for connection, answered in records.sudo().grouped("connection_id").items():
        add(
            records.env,
            AuditKind.DECISION,
            model=records._name,
            res_ids=answered.ids,
            connection=connection,
            reason=reason,
            details={"answer": answer, **details},
        )


def shown(records: models.BaseModel, field: str) -> None:
    """Write that the user of these records sees values of a field unmasked: one row per connection.

    To be called by the method that computes the field, so that no way of reading it goes without a row. Reading with
    the right of the system is no look of a person.
    """
    if records.env.su:
        return
    for connection, seen in records.sudo().grouped("connection_id").items():
        if seen.ids:
            add(
                records.env,
                AuditKind.REVEAL,
                model=records._name,
                res_ids=seen.ids,
                connection=connection,
                details={"field": field},
            )


def exported(records: models.BaseModel, fields: Iterable[str]) -> None:
    """Write that the user exports these fields of records: which records and fields, not what the file has.

    The access of the user is checked first. Odoo checks none for an export of ids alone, so that any user could fill
    the trail with rows about records that the user never saw.

    :raises AccessError: the user may not read one of the records
    """
    records.check_access("read")
    if records.ids:
        names = list(dict.fromkeys(fields))
        add(records.env, AuditKind.EXPORT, model=records._name, res_ids=records.ids, details={"fields": names})


def forget(env: Environment, model: str, res_ids: Iterable[int]) -> int:
    """Delete the words of people in rows about these records, and write a row that says so; return how many.

    The rows stay, and the chain stays whole: it holds a digest of each text, not the text.
    """
    ids = list(dict.fromkeys(res_ids))
    env.cr.execute(
        "SELECT text.audit_id FROM retail_sync_audit_text text JOIN retail_sync_audit audit ON audit.id = text.audit_id"
        " WHERE audit.model = %s AND audit.res_ids @> ANY(%s::jsonb[]) ORDER BY text.audit_id",
        [model, [Json([res_id]) for res_id in ids]],
    )
    rows = [row_id for (row_id,) in env.cr.fetchall()]
    if rows:
        add(env, AuditKind.ERASURE, model=model, res_ids=ids, details={"texts_of": rows})
        env.cr.execute("DELETE FROM retail_sync_audit_text WHERE audit_id = ANY(%s)", [rows])
    return len(rows)


def _company_of(env: Environment, model: str, ids: list[int]) -> int | None:
    """Return the company that all of these records belong to, if they belong to one."""
    if not model or not ids or model not in env or "company_id" not in env[model]._fields:
        return None
    companies = {record.company_id.id for record in env[model].sudo().browse(ids).exists()}
    return companies.pop() if len(companies) == 1 else None
