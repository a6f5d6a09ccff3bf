"""Countries, states, languages and salespeople by the words remote records use.

Each table is read once per page of records; none is asked per record.
"""

from collections.abc import Iterable
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.values.states import States

# {database: (rows, States of them)}: the table is built once, until a state changes.
_STATES: dict[str, tuple[list[Any], States]] = {}


def states(env: Environment) -> States:
    """Return the states that Odoo knows."""
    rows = _state_rows(env)
    kept = _STATES.get(env.cr.dbname)
    if kept is None or kept[0] != rows:
        kept = _STATES[env.cr.dbname] = (rows, States(row[1:] for row in rows))
    return kept[1]


def _state_rows(env: Environment) -> list[Any]:
    """Return (id, country code, code, name) of all states, by code; as plain rows, since there are thousands."""
    env["res.country.state"].flush_model(["code", "name", "country_id"])
    env["res.country"].flush_model(["code"])
    return env.execute_query(
        SQL(
            "SELECT state.id, country.code, state.code, state.name FROM res_country_state state"
            " JOIN res_country country ON country.id = state.country_id ORDER BY state.code, state.id"
        )
    )


def tables(env: Environment, owners: Iterable[str | None] = ()) -> dict[str, dict[Any, Any]]:
    """Return the look-up tables a page needs, as plain dicts.

    :param owners: e-mail addresses of salespeople that the page mentions
    """
    countries = env["res.country"].sudo().search_fetch([], ["code"])
    known, ids, state_of = states(env), {}, {}
    for state_id, country, code, _name in _state_rows(env):
        state = known.known(country, code)
        if state:
            state_of[state_id] = state
            if state.code == code:
                ids[country, code] = state_id
    users = {}
    wanted = sorted({owner.lower() for owner in owners if owner})
    if wanted:
        found = (
            env["res.users"]
            .sudo()
            .search_fetch(
                ["|", ("login", "in", wanted), ("email_normalized", "in", wanted), ("share", "=", False)],
                ["login", "email_normalized"],
            )
        )
        for user in found:
            users.setdefault((user.email_normalized or "").lower(), user.id)
            users[user.login.lower()] = user.id
    return {
        "country": {country.code: country.id for country in countries},
        "country_code": {country.id: country.code for country in countries},
        "states": known,
        "state_id": ids,
        "state_of": state_of,
        "lang": _languages(env),
        "owner": users,
    }


def _languages(env: Environment) -> dict[str, str]:
    """Return {code or bare language: installed language code}.

    Asked of the database: a thread that looked the languages up while another one installed one has filled the cache
    that all threads of its process share with the former ones, and no step empties it any more.
    """
    env["res.lang"].flush_model(["code", "active", "name"])
    rows = env.execute_query(SQL("SELECT code FROM res_lang WHERE active ORDER BY name, id"))
    codes = [code for (code,) in rows]
    if set(codes) - {code for code, _name in env["res.lang"].get_installed()}:
        # Odoo checks a customer's language against the cache, and would refuse the new one. An older snapshot, which
        # has fewer than the cache, must not put the former ones back.
        env.registry.clear_cache("stable")
    table: dict[str, str] = {}
    for code in codes:
        table.setdefault(code.split("_")[0].lower(), code)
        table[code.lower()] = code
    return table
