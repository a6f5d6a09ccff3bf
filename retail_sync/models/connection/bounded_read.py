from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg2.errors import QueryCanceled

from odoo import api, models
from odoo.exceptions import UserError

# A screen that takes longer is of no use, and PostgreSQL works on for a browser that was closed, or a worker that died.
SECONDS = 30


class RetailSyncBoundedRead(models.AbstractModel):
    """Lists and groups of many rows end: a query of a screen that takes too long is cancelled, with a word why."""

    _name = "retail.sync.bounded.read"
    _description = "Reads of screens end in time"

    @api.model
    def _is_bounded(self, domain: Any) -> bool:
        """Hook: return whether a read by this domain is cancelled when it takes too long."""
        return True

    @contextmanager
    def _in_time(self, domain: Any) -> Iterator[None]:
        """Cancel the statements of this block that take too long.

        :raises UserError: one of them did
        """
        if not self._is_bounded(domain):
            yield
            return
        self.env.cr.execute("SELECT current_setting('statement_timeout')")
        [(before,)] = self.env.cr.fetchall()
        self.env.cr.execute("SELECT set_config('statement_timeout', %s, true)", [f"{SECONDS}s"])
        try:
            yield
        except QueryCanceled as error:
            raise UserError(
                self.env._(
                    "This list took more than %s seconds and was cancelled. Add a filter or a more exact search word.",
                    SECONDS,
                )
            ) from error
        self.env.cr.execute("SELECT set_config('statement_timeout', %s, true)", [before])

    @api.model
    @api.readonly
    def web_search_read(self, domain: Any, *args: Any, **kwargs: Any) -> Any:
        with self._in_time(domain):
            return super().web_search_read(domain, *args, **kwargs)

    @api.model
    @api.readonly
    def web_read_group(self, domain: Any, *args: Any, **kwargs: Any) -> Any:
        with self._in_time(domain):
            return super().web_read_group(domain, *args, **kwargs)

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
