import logging
import re
import sys
import traceback

from ..domain.security.masking import HIDDEN
from ..domain.security.scrubbing import scrub_text, without_error_texts, without_quoted

_TOKEN = re.compile(r"(/retail_sync/)[\w%-]{32,}(?=[/\s?]|$)")
_STATEMENT = re.compile(r"\W*((?:INSERT INTO|UPDATE|DELETE FROM|SELECT|WITH|COPY)(?: +(?:ONLY +)?\"?[\w.]+\"?)?)", re.I)
_OURS = ("/retail_sync/", "/retail_sync_", "\\retail_sync")


class MaskPathTokens(logging.Filter):
    """Takes the secret part of event URLs out of the access log: a sender may have no other place for a secret."""

    def filter(self, record):
        if "/retail_sync/" in str(record.msg) or any("/retail_sync/" in str(arg) for arg in record.args or ()):
            record.msg, record.args = _TOKEN.sub(r"\1***", record.getMessage()), ()
        return True


class HideErrorTexts(logging.Filter):
    """Takes the texts of errors out of tracebacks through our code, of jobs and requests: they quote records."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if "Traceback (most recent call last)" in text and any(path in text for path in _OURS):
            record.msg, record.args = without_error_texts(text), ()
        if record.exc_info and record.exc_info[0]:
            trace = "".join(traceback.format_exception(*record.exc_info))
            if any(path in trace for path in _OURS):
                record.exc_text, record.exc_info = without_error_texts(trace), None
        return True


class HideQueryValues(logging.Filter):
    """Takes values out of the statements that Odoo logs when PostgreSQL refuses them, where our code runs them."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and "bad query" in str(record.msg) and _in_our_code():
            text = record.getMessage()
            query, _error, reported = text.partition("\nERROR: ")
            found = _STATEMENT.match(query.removeprefix("bad query: ").removeprefix("b'"))
            statement = found.group(1) if found else ""
            # Details that follow the first line show rows.
            first = without_quoted(scrub_text(reported.strip().partition("\n")[0]))
            record.msg, record.args = f"bad query: {statement} {HIDDEN}\nERROR: {first}", ()
        return True


def _in_our_code() -> bool:
    frame = sys._getframe(1)
    while frame is not None:
        if any(path in frame.f_code.co_filename for path in _OURS) and frame.f_code.co_filename != __file__:
            return True
        frame = frame.f_back
    return False


logging.getLogger("werkzeug").addFilter(MaskPathTokens())
for _name in ("odoo.addons.queue_job.controllers.main", "odoo.http"):
    logging.getLogger(_name).addFilter(HideErrorTexts())
logging.getLogger("odoo.sql_db").addFilter(HideQueryValues())
