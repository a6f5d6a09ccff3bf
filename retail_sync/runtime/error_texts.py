"""What may be stored and logged of an error: no value of the record at which it happened.

What Odoo, PostgreSQL or Python say of an error quotes values. Messages, runs, jobs and logs are read by people who may
not see them.
"""

import logging
import traceback
from pathlib import Path

import psycopg2

from odoo.exceptions import RedirectWarning, UserError

from ..domain.resilience.faults import FaultError
from ..domain.security.scrubbing import scrub_text, without_error_texts, without_quoted


def of_error(error: BaseException) -> str:
    """Return what people may read of an error: its text without what it quotes, else where it happened."""
    if isinstance(error, FaultError):
        return error.message
    if isinstance(error, psycopg2.Error):
        return _of_database(error)
    if isinstance(error, (UserError, RedirectWarning)):
        # Odoo words a refusal for administrators as a redirection, whose first argument is the text. The lines of a
        # list name records.
        sentence = str(error.args[0] if error.args else error)
        lines = [line for line in sentence.splitlines() if not line.lstrip().startswith(("-", "•", "*"))]
        return without_quoted(scrub_text("\n".join(lines).strip())) or type(error).__name__
    return f"{type(error).__name__} ({_place(error)})"


# Errors whose text is a sentence of ours or of Odoo, for people. Any other text may be a value as such.
_SENTENCES = ("FaultError", "FailedJobError", "RetryableJobError", "UserError", "ValidationError", "AccessError")


def of_stored(name: str, text: str) -> str:
    """Return what people may read of an error of which only its name and text are left; without a name, of its text."""
    if name and not name.endswith(_SENTENCES):
        return name.rpartition(".")[2]
    return without_quoted(scrub_text(text))


def _of_database(error: psycopg2.Error) -> str:
    """Return the first line of what PostgreSQL reported, and the constraint; its details show rows."""
    diag = error.diag
    reported = without_quoted(scrub_text((diag.message_primary or "").strip()))
    found = reported or type(error).__name__
    named = diag.constraint_name or diag.column_name
    return f"{found} ({named})" if named and named not in found else found


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


def log(logger: logging.Logger, level: int, error: BaseException, text: str, *args: object) -> None:
    """Log an error with its frames, and without the texts of the errors that led to it."""
    if logger.isEnabledFor(level):
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        logger.log(level, f"{text}: %s\n%s", *args, of_error(error), without_error_texts(trace))
