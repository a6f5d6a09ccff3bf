"""Where a stream's polls stand: the newest change seen, and how long it takes until the moments before it are final.

Platforms stamp a change when it is made and show it when its transaction ends, so a poll can see a later change before
an earlier one. Each poll therefore starts a little before the newest change, until one made long enough after that
change was first seen has found nothing new: from then on polls start right behind it. Without that, an org whose
records all carry the moment of a data migration would be read anew by every poll.

A cursor is a dict: modstamp and id of the newest change seen, or since (the remote clock when a load began) while none
was; held_at: when, on our clock, it was first seen; settled; at: [modstamp, id] reached by a sweep that is not
finished, and began: when that sweep began.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import times

OVERLAP_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Start:
    """What to ask for: rows after (modstamp, id), or from a moment on, or (both None) all."""

    after: tuple[str, str] | None = None
    since: str | None = None


def start(cursor: Mapping[str, Any]) -> Start:
    """Where the next page of a poll begins."""
    if cursor.get("at"):
        return Start(after=(cursor["at"][0], cursor["at"][1]))
    newest = cursor.get("modstamp") or cursor.get("since")
    if not newest:
        return Start()
    if not cursor.get("settled"):
        return Start(since=times.iso(times.to_ms(newest) - OVERLAP_SECONDS * 1000))
    if cursor.get("modstamp"):
        return Start(after=(cursor["modstamp"], cursor["id"]))
    return Start(since=newest)


def moved(cursor: Mapping[str, Any], last: Mapping[str, str] | None, more: bool, now: float) -> dict[str, Any]:
    """The cursor after a page.

    last: modstamp and id of its last row, None when it was empty; more: the sweep goes on; now: our clock, seconds.
    The newest change seen only ever moves forward; an unfinished sweep goes on where it stopped, whatever lies between.
    """
    changed = dict(cursor)
    began = changed.pop("began", now) if changed.pop("at", None) else now
    forward = last is not None and (times.to_ms(last["modstamp"]), last["id"]) > _newest(cursor)
    if last is not None and forward:
        changed.update(modstamp=last["modstamp"], id=last["id"], held_at=now)
        changed.pop("settled", None)
    elif "held_at" not in changed or changed["held_at"] > now:
        changed["held_at"] = now
    if more and last is not None:
        changed.update(at=[last["modstamp"], last["id"]], began=began)
    elif not forward and began - changed["held_at"] >= OVERLAP_SECONDS:
        changed["settled"] = True
    return changed


def _newest(cursor: Mapping[str, Any]) -> tuple[int, str]:
    newest = cursor.get("modstamp") or cursor.get("since")
    return (times.to_ms(newest) if newest else -1, cursor.get("id") or "")
