"""The line that the server logs of a request: without its query, which names customers, with its correlation id."""

from __future__ import annotations

import logging
import re
import threading

__all__ = ["RequestLines", "install"]


class RequestLines(logging.Filter):
    """Rewrites the lines of requests below a path."""

    def __init__(self, root_path: str) -> None:
        super().__init__()
        self._query = re.compile(rf"({re.escape(root_path)}[^\s?#]*)\?\S*")
        self._root_path = root_path

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass."""
        line = record.getMessage()
        if self._root_path in line:
            known = getattr(threading.current_thread(), "retail_sync_request", "")
            record.msg, record.args = self._query.sub(r"\1?...", line) + (f" [{known}]" if known else ""), ()
        return True


def install(root_path: str) -> None:
    """Rewrite the lines from now on, once for the process."""
    logger = logging.getLogger("werkzeug")
    if not any(isinstance(known, RequestLines) for known in logger.filters):
        logger.addFilter(RequestLines(root_path))
