"""Find business records by their badge, by plans that stay good at millions of links.

The states of a badge are disjoint, and two of them are common: linked records that are in sync, and records without a
link. Both are said with NOT EXISTS, which PostgreSQL plans as a join. A NOT IN of a subselect is computed per row as
soon as the result of the subselect exceeds the memory of a query, which takes hours at some hundred thousand links.
"""

from collections.abc import Callable, Collection

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ...runtime.constants import EXCEPTION_STATES

RARE = ("attention", "deleted", "missing")
COMMON = ("none", "in_sync")

Condition = Callable[[str, SQL], SQL]


def with_badges(env: Environment, states: Collection[str]) -> Domain:
    """Return the domain of the records whose badge is one of these states."""
    env["retail.sync.link"].flush_model(["res_model", "res_id", "state"])
    env["retail.sync.message"].flush_model(["res_model", "res_id", "state"])
    wanted = [state for state in (*COMMON, *RARE) if state in states]
    others = [state for state in (*COMMON, *RARE) if state not in states]
    if "in_sync" in wanted and len(wanted) > 1:
        # Of a partition, the rest is excluded: an OR of joins has no good plan.
        return Domain.AND([_domain(_without(state)) for state in others])
    return Domain.OR([_domain(_with(state)) for state in wanted])


def _domain(condition: Condition) -> Domain:
    def to_sql(model: models.BaseModel, table: str, _query: object) -> SQL:
        return condition(model._name, SQL.identifier(table, "id"))

    return Domain.custom(to_sql=to_sql)


def _with(state: str) -> Condition:
    if state == "none":
        return lambda model, record: SQL("NOT EXISTS (%s)", _links_of(model, record))
    if state == "in_sync":
        return lambda model, record: SQL(" AND ").join(_without(other)(model, record) for other in ("none", *RARE))
    return lambda model, record: SQL("%s IN (%s)", record, _rare(model, state))


def _without(state: str) -> Condition:
    """Return the condition of records with another badge than a state, "in_sync" excepted."""
    if state == "none":
        return lambda model, record: SQL("EXISTS (%s)", _links_of(model, record))
    return lambda model, record: SQL(
        "NOT EXISTS (SELECT FROM (%s) found WHERE found.res_id = %s)", _rare(model, state), record
    )


def _links_of(model: str, record: SQL, without_state: str = "") -> SQL:
    """Return the query of the links of a record; those of a state are left out."""
    rest = SQL(" AND link.state <> %s", without_state) if without_state else SQL()
    return SQL(
        "SELECT FROM retail_sync_link link WHERE link.res_model = %s AND link.res_id = %s%s", model, record, rest
    )


def _failing(model: str, record: SQL) -> SQL:
    return SQL(
        "SELECT FROM retail_sync_message message WHERE message.res_model = %s AND message.res_id = %s"
        " AND message.state IN %s",
        model,
        record,
        EXCEPTION_STATES,
    )


def _rare(model: str, state: str) -> SQL:
    """Return the query of the ids (`res_id`) of the linked records with a rare badge."""
    if state == "attention":
        return SQL(
            "SELECT link.res_id FROM retail_sync_link link WHERE link.res_model = %(model)s"
            " AND link.state = 'attention' UNION ALL"
            " SELECT failing.res_id FROM retail_sync_message failing WHERE failing.res_model = %(model)s"
            " AND failing.state IN %(failing)s AND EXISTS (%(linked)s)",
            model=model,
            failing=EXCEPTION_STATES,
            linked=_links_of(model, SQL("failing.res_id")),
        )
    return SQL(
        "SELECT gone.res_id FROM retail_sync_link gone WHERE gone.res_model = %(model)s AND gone.state = %(state)s"
        " AND NOT EXISTS (%(others)s) AND NOT EXISTS (%(failing)s)",
        model=model,
        state=state,
        others=_links_of(model, SQL("gone.res_id"), without_state=state),
        failing=_failing(model, SQL("gone.res_id")),
    )
