"""Which lane a change travels in."""

from collections.abc import Collection

from .limits import LANES

CRITICAL, STANDARD, BULK = LANES
# A transaction with this many records is an import or a batch job, whose work no one waits for.
BULK_FROM = 500


def lane_of(
    changed_fields: Collection[str] | None,
    urgent_fields: Collection[str],
    default_lane: str,
    transaction_size: int,
    bulk_from: int = BULK_FROM,
) -> str:
    """The lane of one record's change.

    ``changed_fields``: canonical names; ``None`` for a new record, whose every field is new. ``transaction_size``:
    how many records the same transaction has changed. A mass change goes to the bulk lane. Where it touches urgent
    fields it goes to the standard one instead: in the critical lane it would stand before the single customer that was
    blocked a second later.
    """
    mass = transaction_size >= bulk_from
    if changed_fields is None:
        urgent = bool(urgent_fields)
        return BULK if mass else CRITICAL if urgent else default_lane
    urgent = any(name in urgent_fields for name in changed_fields)
    if mass:
        return STANDARD if urgent else BULK
    return CRITICAL if urgent else default_lane


def mass_page(size: int, limit: int, bulk_from: int = BULK_FROM) -> int:
    """How many changes of a mass change of ``size`` one step takes: ``limit``, or all where the rest would look small.

    A rest of fewer than ``bulk_from`` changes would be taken for the work of a person, and go before it.
    """
    return size if size < limit + bulk_from else limit
