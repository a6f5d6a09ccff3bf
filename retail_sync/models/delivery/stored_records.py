"""What a bulk delivery keeps in the database until the platform is done, in versions that later addons read."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ...adapter.values import OutboundRecord
from ...domain.canonical.stored import dump, load, register_stored

RECORD, RECORD_VERSION = "outbound_record", 2
JOB, JOB_VERSION = "bulk_delivery", 2


def _record_from_0(values: dict[str, Any]) -> dict[str, Any]:
    """Return a record of the time before versions: the kind of a customer was a field of every record."""
    kind = values.get("kind") or "company"
    return {**{name: value for name, value in values.items() if name != "kind"}, "attributes": {"kind": kind}}


# Version 2 adds "warnings": what the adapter said about the record when it was encoded.
register_stored(RECORD, RECORD_VERSION, {0: _record_from_0, 1: lambda values: {**values, "warnings": []}})
# Of version 0 too: {"cursor": the adapter's, "lane"}. Version 2 adds "feeds": what the platform's fields are made of.
register_stored(JOB, JOB_VERSION, {0: dict, 1: lambda values: {**values, "feeds": {}}})


def dump_record(record: OutboundRecord, warnings: Sequence[str]) -> dict[str, Any]:
    """Return what the results of a bulk delivery need of a record: all but its values as the adapter took them.

    :param warnings: the adapter's, of its EncodedRecord
    """
    values = asdict(record)
    values.update(changed=None, remote=None, parts={}, gained=sorted(record.gained), held=[], warnings=list(warnings))
    return dump(RECORD, RECORD_VERSION, values)


def load_record(stored: Any) -> tuple[OutboundRecord, list[str]]:
    """Return (record, the adapter's warnings), stored by this addon or an older one. Raises StoredError."""
    values = dict(load(RECORD, stored))
    warnings = values.pop("warnings")
    return OutboundRecord(**{**values, "gained": set(values["gained"]), "held": []}), warnings


def dump_job(cursor: dict[str, Any], lane: str, feeds: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state of the platform's bulk job: the adapter's cursor, the lane, {platform field: what feeds it}."""
    return dump(
        JOB, JOB_VERSION, {"cursor": cursor, "lane": lane, "feeds": {path: list(feeds[path]) for path in feeds}}
    )


def load_job(stored: Any) -> tuple[dict[str, Any], str, dict[str, list[tuple[str, str]]]]:
    """Return (the adapter's cursor, the lane, {platform field: what feeds it}) of a bulk job. Raises StoredError."""
    values = load(JOB, stored)
    feeds = {path: [(part, name) for part, name in keys] for path, keys in values["feeds"].items()}
    return values["cursor"], values["lane"], feeds
