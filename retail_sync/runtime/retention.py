"""The end of a retention period: rows are deleted in batches, each in a transaction of its own."""

from typing import Any

from odoo import models

# Rows of one transaction: some seconds of work, so that locks are short and other housekeeping gets its turn.
BATCH = 10000


def delete_expired(model: models.BaseModel, domain: Any, order: str) -> tuple[int, int]:
    """Delete the first records of a domain; return (how many were deleted, at least how many remain).

    A method with `@api.autovacuum` returns the pair to Odoo, which commits, lets other housekeeping work, and calls the
    method again while records remain: retention keeps pace with whatever a day brings.

    :param order: a column with an index that the domain limits, so that no batch reads the whole table
    """
    found = model.search(domain, limit=BATCH + 1, order=order)
    remaining = len(found) > BATCH
    expired = found[:BATCH]
    expired.unlink()
    return len(expired), int(remaining)
