import logging
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from odoo import api, models

from odoo.addons.retail_sync.adapter.contract import Row, Stream

from ....client import describe, poll_cursor, query, soql, times
from ....client.errors import ClientError
from ....client.session import SalesforceSession
from ....mapping.children import CHILDREN
from .decode import clean

_logger = logging.getLogger(__name__)


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Records that are read with the lines below them: one query answers the whole tree.

    Each query that reads such a record holds a subquery for its lines. Bulk API 2.0 knows none: these streams are read
    in pages, whatever their size.
    """

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _relationships(self, stream: Stream) -> list[str]:
        """Return the relationships whose children a stream reads."""
        return [path for path in stream._decoder().paths if path in CHILDREN]

    @api.model
    def suits_bulk(self, stream: Stream) -> bool:
        return super().suits_bulk(stream) and not self._relationships(stream)

    @api.model
    def _visible_children(
        self, described: describe.ObjectDescribe, relationships: Iterable[str], lookup: describe.Lookup
    ) -> dict[str, list[str]]:
        """Return {relationship: fields of its children that our user sees}, without those that the user cannot see."""
        found = {}
        for relationship in relationships:
            children = CHILDREN[relationship]
            child = lookup(children.object)
            if child is None or described.name not in child.parents(children.parent.removesuffix("Id")):
                continue
            checks = describe.check_paths(child, children.fields, lookup)
            found[relationship] = [path for path, check in checks.items() if check.status != describe.MISSING]
        return {relationship: fields for relationship, fields in found.items() if "Id" in fields}

    @api.model
    def _with_subqueries(self, paths: Iterable[str], children: Mapping[str, Collection[str]]) -> list[str]:
        """Return paths for a query, with a subquery in the place of each relationship."""
        return [soql.child_query(path, children[path]) if path in children else path for path in paths]

    @api.model
    def _complete_trees(self, session: SalesforceSession, rows: Iterable[Row]) -> None:
        """Put the lists of children into rows, in the place of the answers they came in; further pages are fetched."""
        for row in rows:
            for relationship in CHILDREN.keys() & row.keys():
                answer = row[relationship]
                if not isinstance(answer, dict):
                    continue
                page = query.parse_page(answer)
                found = list(page.rows)
                for part in query.follow(session, page):
                    found.extend(part)
                row[relationship] = [clean(child) for child in found] or None

    # -- lines that change without their record

    @api.model
    def _touched_queries(self, stream: Stream, limit: int, fields: Collection[str]) -> dict[str, str]:
        """Return {name: query} of records whose lines changed since the last poll, and that did not change themselves.

        A line that changes the amount changes its record, too. Of others, such as a line with another description or
        date, that is not said anywhere: their records are asked for by a condition of its own.
        """
        start = poll_cursor.start(stream.cursor or {})
        since = start.after[0] if start.after else start.since
        if not since or (stream.cursor or {}).get("at"):
            return {}
        moment, scope, found = times.iso(since), self._scope(stream), {}
        for relationship in self._relationships(stream):
            children = CHILDREN[relationship]
            changed = f"SELECT {children.parent} FROM {children.object} WHERE SystemModstamp >= {moment}"
            conditions = [f"({scope})"] if scope else []
            conditions += [f"Id IN ({changed})", f"SystemModstamp < {moment}"]
            columns = ("Id", "SystemModstamp", *fields)
            statement = soql.select(stream.remote_object, columns, " AND ".join(conditions))
            found[f"lines {stream.id} {relationship}"] = f"{statement} LIMIT {limit}"
        return found

    @api.model
    def _touched_rows(self, session: SalesforceSession, stream: Stream, answers: Mapping[str, Any]) -> list[Row]:
        """Return the records whose lines alone changed. Where these can't be read, the records' own changes are."""
        rows: list[Row] = []
        for name, answer in answers.items():
            if not name.startswith(f"lines {stream.id} "):
                continue
            if isinstance(answer, ClientError):
                _logger.info("Changed lines of %s could not be read: %s", stream.remote_object, answer.code)
                continue
            found = [clean(row) for row in answer.rows]
            self._complete_trees(session, found)
            rows += found
        return rows
