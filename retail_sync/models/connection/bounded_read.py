from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg2.errors import QueryCanceled

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# A screen that takes longer is of no use, and PostgreSQL works on for a browser that was closed, or a worker that died.
SECONDS = 30
# Enough to join a million links with their customers in memory.
MEMORY = "32MB"
# Models of which a database has few records.
FEW = ("res.users", "res.company")


class RetailSyncBoundedRead(models.AbstractModel):
    """Lists and groups of many rows end: a query of a screen that takes too long is cancelled, with a word why."""

    _name = "retail.sync.bounded.read"
    _description = "Reads of screens end in time"

    @api.model
    def _is_bounded(self, domain: Any) -> bool:
        """Hook: return whether a read by this domain is cancelled when it takes too long."""
        return True

    @api.model
    def _has_few_groups(self, groupby: Sequence[str]) -> bool:
        """Return whether a grouping has few groups for certain, however many rows there are."""
        if len(groupby) != 1:
            return False
        name, _separator, granularity = groupby[0].partition(":")
        field = self._fields.get(name)
        if field is None:
            return False
        few = field.comodel_name in FEW or (field.comodel_name or "").startswith("retail.sync.")
        return field.type in ("selection", "boolean") or bool(granularity) or (field.type == "many2one" and few)

    @contextmanager
    def _in_time(self, domain: Any) -> Iterator[None]:
        """Cancel the statements of this block that take too long, and give them the memory that they need.

        :raises UserError: one of them did take too long
        """
        if not self._is_bounded(domain):
            yield
            return
        cr = self.env.cr
        cr.execute("SELECT name, setting, unit FROM pg_settings WHERE name = ANY(%s)", [[*self._limits()]])
        before = {name: f"{setting}{unit or ''}" for name, setting, unit in cr.fetchall()}
        self._set(self._limits())
        try:
            yield
        except QueryCanceled as error:
            raise UserError(
                self.env._(
                    "This list took more than %s seconds and was cancelled. Add a filter or a more exact search word.",
                    SECONDS,
                )
            ) from error
        self._set(before)

    @api.model
    def _limits(self) -> dict[str, str]:
        """Return {setting: value} for the reads of screens: compiling a statement takes longer than it saves."""
        return {"statement_timeout": f"{SECONDS}s", "work_mem": MEMORY, "jit": "off"}

    def _set(self, settings: dict[str, str]) -> None:
        calls = SQL(", ").join(SQL("set_config(%s, %s, true)", name, value) for name, value in settings.items())
        self.env.cr.execute(SQL("SELECT %s", calls))

    @api.model
    @api.readonly
    def web_search_read(self, domain: Any, *args: Any, **kwargs: Any) -> Any:
        with self._in_time(domain):
            return super().web_search_read(domain, *args, **kwargs)

    @api.model
    @api.readonly
    def web_read_group(
        self,
        domain: Any,
        groupby: Sequence[str],
        aggregates: Sequence[str] = (),
        limit: int | None = None,
        offset: int = 0,
        order: str | None = None,
        **kwargs: Any,
    ) -> Any:
        """Read groups; where they are few, all of them: by a limit PostgreSQL plans to read few rows, and sorts."""
        with self._in_time(domain):
            if limit is None or not self._has_few_groups(groupby):
                return super().web_read_group(domain, groupby, aggregates, limit, offset, order, **kwargs)
            # Groups in the order of names or dates are estimated as many as there are rows: all rows are sorted.
            by_count = order is None and not kwargs.get("auto_unfold") and not aggregates
            order = "__count DESC" if by_count else order
            found = super().web_read_group(domain, groupby, aggregates, None, 0, order, **kwargs)
            groups = self._in_order(found["groups"], groupby[0]) if by_count else found["groups"]
            return {**found, "groups": groups[offset : offset + limit]}

    @api.model
    def _in_order(self, groups: list[dict[str, Any]], groupby: str) -> list[dict[str, Any]]:
        """Return groups in the order in which the grouping itself has them: that of its records, or of its values."""
        field = self._fields[groupby.partition(":")[0]]
        values = [group[groupby] for group in groups]
        if field.type == "many2one":
            records = self.env[field.comodel_name].with_context(active_test=False)
            ids = records.search([("id", "in", [value[0] for value in values if value])]).ids
            places = {record_id: place for place, record_id in enumerate(ids)}
            return sorted(groups, key=lambda group: places.get(group[groupby] and group[groupby][0], len(places)))
        if field.type in ("date", "datetime"):
            return sorted(groups, key=lambda group: (not group[groupby], group[groupby] and group[groupby][0]))
        return sorted(groups, key=lambda group: (group[groupby] in (False, None), str(group[groupby])))

    @api.model
    @api.readonly
    def formatted_read_group(self, domain: Any, *args: Any, **kwargs: Any) -> Any:
        with self._in_time(domain):
            return super().formatted_read_group(domain, *args, **kwargs)

    @api.model
    @api.readonly
    def search_count(self, domain: Any, limit: int | None = None) -> int:
        if self.env.su:
            return super().search_count(domain, limit)
        with self._in_time(domain):
            return super().search_count(domain, limit)
