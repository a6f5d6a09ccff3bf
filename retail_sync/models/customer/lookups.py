"""Countries, states, languages and salespeople by the words remote records use.

Each table is read once per page of records; none is asked per record.
"""

from collections.abc import Iterable
from typing import Any

from odoo.api import Environment
from odoo.tools import SQL

from ...domain.values.text import fold


def tables(env: Environment, owners: Iterable[str | None] = ()) -> dict[str, dict[Any, Any]]:
    """Return the look-up tables a page needs, as plain dicts.

    :param owners: e-mail addresses of salespeople that the page mentions
    """
    countries = env["res.country"].sudo().search_fetch([], ["code"])
    states, state_texts = {}, {}
    # Plain rows: there are thousands of states, and records of them would cost more than all else of a small page.
    env["res.country.state"].flush_model(["code", "name", "country_id"])
    rows = env.execute_query(SQL("SELECT id, country_id, code, name FROM res_country_state ORDER BY code, id"))
    for state_id, country_id, code, name in rows:
        states.setdefault((country_id, fold(name)), state_id)
        state_texts[state_id] = code
    # Codes are looked at last: where a code equals another state's name, the code is meant.
    for state_id, country_id, code, _name in rows:
        states[(country_id, fold(code))] = state_id
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
        "state": states,
        "state_code": state_texts,
        "lang": _languages(env),
        "owner": users,
    }


def _languages(env: Environment) -> dict[str, str]:
    """Return {code or bare language: installed language code}."""
    table = {}
    for code, _name in env["res.lang"].get_installed():
        table.setdefault(code.split("_")[0].lower(), code)
        table[code.lower()] = code
    return table
