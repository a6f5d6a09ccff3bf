"""The key that a secret belongs to, with all that a request needs to know of it, in one query."""

import hmac
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from odoo.addons.base.models.res_users import INDEX_SIZE, KEY_CRYPT_CONTEXT

from ...domain.api.quota import FIXED, SMOOTH, Limit
from ...domain.control.caller import Caller
from ...domain.control.words import words_of
from .roles import ServiceRole

# Scope of the secrets: it opens the agent API and nothing else of Odoo.
SCOPE = "retail_sync.agent"
LONGEST_SECRET = 200
MINUTE, DAY = "minute", "day"
# Secrets with the hashes they were found to fit, as digests under a key of this process: finding it out takes as long
# as the rest of a small request. Whether a hash is still accepted is asked each time.
_FITTING: set[bytes] = set()
_MOST_FITTING = 1000
_PROCESS_KEY = os.urandom(32)


@dataclass(frozen=True, slots=True)
class Entry:
    """A key that may be let in. ``expires_at``: naive UTC."""

    caller: Caller
    limits: tuple[Limit, ...]
    verification_methods: frozenset[str]
    expires_at: datetime | None = None


def by_secret(env: Environment, secret: str | None) -> Entry | None:
    """Return the key that is accepted with this secret now; None where there is none."""
    if not secret or not secret.isascii() or not INDEX_SIZE < len(secret) <= LONGEST_SECRET:
        return None
    accepted = SQL(
        "apikey.index = %(index)s AND apikey.scope = %(scope)s AND agent.active AND key.active AND owner.active"
        " AND key.revoked_at IS NULL AND (apikey.id = key.apikey_id OR key.former_until > %(now)s)"
        " AND (apikey.expiration_date IS NULL OR apikey.expiration_date >= %(now)s)"
        " AND (key.expires_at IS NULL OR key.expires_at > %(now)s)",
        index=secret[:INDEX_SIZE],
        scope=SCOPE,
        now=SQL("(clock_timestamp() AT TIME ZONE 'UTC')"),
    )
    for row in _rows(env, accepted):
        if _fits(secret, row["hashed"]):
            return _entry(env, row)
    return None


def by_id(env: Environment, key_id: int) -> Entry:
    """Return a key, whether or not it is accepted now.

    :raises ValueError: there is no such key
    """
    rows = _rows(env, SQL("key.id = %s", key_id))
    if not rows:
        raise ValueError("There is no such key.")
    return _entry(env, rows[0])


def _fits(secret: str, hashed: str) -> bool:
    mark = hmac.digest(_PROCESS_KEY, f"{secret}\n{hashed}".encode(), "sha256")
    if mark in _FITTING:
        return True
    if not KEY_CRYPT_CONTEXT.verify(secret, hashed):
        return False
    if len(_FITTING) >= _MOST_FITTING:
        _FITTING.clear()
    _FITTING.add(mark)
    return True


def _rows(env: Environment, condition: SQL) -> list[dict[str, Any]]:
    for model in ("retail.sync.api.key", "retail.sync.api.scope", "res.users", "res.groups"):
        env[model].flush_model()
    rows: list[dict[str, Any]] = env.execute_query_dict(
        SQL(
            "SELECT key.id, key.name, key.kind, key.owner_id, key.read_only, key.may_override,"
            " key.brands, key.verification_methods, key.requests_per_minute, key.burst, key.requests_per_day,"
            " key.expires_at, apikey.key AS hashed,"
            " ARRAY(SELECT scope.code FROM retail_sync_api_key_scope_rel rel JOIN retail_sync_api_scope scope"
            " ON scope.id = rel.scope_id WHERE rel.key_id = key.id) AS scopes,"
            " ARRAY(SELECT company_id FROM retail_sync_api_key_company_rel rel WHERE rel.key_id = key.id) AS companies,"
            " ARRAY(SELECT country.code FROM retail_sync_api_key_country_rel rel JOIN res_country country"
            " ON country.id = rel.country_id WHERE rel.key_id = key.id) AS regions"
            " FROM retail_sync_api_key key JOIN res_users owner ON owner.id = key.owner_id"
            " LEFT JOIN res_users_apikeys apikey ON apikey.id IN (key.apikey_id, key.former_apikey_id)"
            " LEFT JOIN res_users agent ON agent.id = apikey.user_id WHERE %s",
            condition,
        )
    )
    return rows


def _entry(env: Environment, row: dict[str, Any]) -> Entry:
    limits = [Limit(MINUTE, row["requests_per_minute"], 60, SMOOTH, row["burst"] or 0)]
    if row["requests_per_day"]:
        limits.append(Limit(DAY, row["requests_per_day"], 86400, FIXED))
    machine = row["kind"] == "machine"
    caller = Caller(
        reference=f"key/{row['id']}",
        name=row["name"],
        user_id=row["owner_id"],
        key_id=row["id"],
        machine=machine,
        scopes=frozenset(row["scopes"]),
        companies=frozenset(row["companies"]),
        brands=frozenset(words_of(row["brands"])),
        regions=frozenset(row["regions"]),
        read_only=bool(row["read_only"]),
        may_override=bool(row["may_override"]) and not machine and _may_override(env, row["owner_id"]),
    )
    return Entry(caller, tuple(limits), frozenset(words_of(row["verification_methods"])), row["expires_at"])


def _may_override(env: Environment, user_id: int) -> bool:
    return bool(env["res.users"].sudo().browse(user_id).has_group(ServiceRole.override.value))
