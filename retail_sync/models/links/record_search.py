"""Find business records by their badge, by plans that stay good at millions of links.

Every condition is an EXISTS, a NOT EXISTS or an IN beside others, each about one table: PostgreSQL plans them as joins,
with estimates that hold. A NOT IN of a subselect is computed per row as soon as the result of the subselect exceeds the
memory of a query, which takes hours at some hundred thousand links.
"""

from collections.abc import Callable, Collection

from odoo import models
from odoo.api import Environment
from odoo.fields import Domain
from odoo.tools import SQL

from ...runtime.constants import EXCEPTION_STATES

# A link in one of these states shows nothing any more.
GONE = ("deleted", "missing")

Condition = Callable[[str, SQL], SQL]


def with_badges(env: Environment, states: Collection[str]) -> Domain:
    """Return the domain of the records whose badge is one of these states."""
    env["retail.sync.link"].flush_model(["res_model", "res_id", "state"])
    env["retail.sync.message"].flush_model(["res_model", "res_id", "state"])
    return Domain.OR([_domain(CONDITIONS[state]) for state in CONDITIONS if state in states])


def _domain(condition: Condition) -> Domain:
    def to_sql(model: models.BaseModel, table: str, _query: object) -> SQL:
        return condition(model._name, SQL.identifier(table, "id"))

    return Domain.custom(to_sql=to_sql)


def _links(model: str, record: SQL, states: SQL | None = None) -> SQL:
    """Return the query of the links of a record. states: condition of their states."""
    return SQL(
        "SELECT FROM retail_sync_link link WHERE link.res_model = %s AND link.res_id = %s%s",
        model,
        record,
        SQL(" AND link.state %s", states) if states else SQL(),
    )


def _failing(model: str, record: SQL) -> SQL:
    """Return the query of the exceptions about a record."""
    return SQL(
        "SELECT FROM retail_sync_message message WHERE message.res_model = %s AND message.res_id = %s"
        " AND message.state IN %s",
        model,
        record,
        EXCEPTION_STATES,
    )


def _none(model: str, record: SQL) -> SQL:
    return SQL("NOT EXISTS (%s)", _links(model, record))


def _in_sync(model: str, record: SQL) -> SQL:
    return SQL(
        "EXISTS (%s) AND NOT EXISTS (%s) AND NOT EXISTS (%s)",
        _links(model, record, SQL("NOT IN %s", GONE)),
        _links(model, record, SQL("= 'attention'")),
        _failing(model, record),
    )


def _attention(model: str, record: SQL) -> SQL:
    return SQL(
        "%(record)s IN (SELECT link.res_id FROM retail_sync_link link WHERE link.res_model = %(model)s"
        " AND link.state = 'attention' UNION ALL SELECT message.res_id FROM retail_sync_message message"
        " WHERE message.res_model = %(model)s AND message.state IN %(failing)s) AND EXISTS (%(linked)s)",
        record=record,
        model=model,
        failing=EXCEPTION_STATES,
        linked=_links(model, record),
    )


def _gone(state: str, others: SQL) -> Condition:
    """Return the condition of records with a link of a state, and none of others."""

    def condition(model: str, record: SQL) -> SQL:
        return SQL(
            "%s IN (SELECT gone.res_id FROM retail_sync_link gone WHERE gone.res_model = %s AND gone.state = %s)"
            " AND NOT EXISTS (%s) AND NOT EXISTS (%s)",
            record,
            model,
            state,
            _links(model, record, others),
            _failing(model, record),
        )

    return condition


CONDITIONS: dict[str, Condition] = {
    "none": _none,
    "in_sync": _in_sync,
    "attention": _attention,
    "deleted": _gone("deleted", SQL("<> 'deleted'")),
    "missing": _gone("missing", SQL("NOT IN %s", GONE)),
}
