"""Where a stream's polls stand: the newest change seen, and how long it takes until the moments before it are final.

Platforms stamp a change when it is made and show it when its transaction ends, ten minutes later at most, so a poll
can see a later change before an earlier one. Each poll therefore starts a quarter of an hour before the newest change,
and never after the moment that the platform says to be covered: the beginning of the oldest transaction that still
runs. Known rows cost two look-ups a page. Only when a poll that began long enough after the newest change was first
seen has found nothing new do polls start right behind it. Without that, an org whose records all carry the moment of a
data migration would be read anew by every poll.

Where so much changed that the overlap alone fills pages, the platform's word about what is covered has to do.

A cursor is a dict: modstamp and id of the newest change seen, or since (the remote clock when a load began) while none
was; held_at: when, on our clock, it was first seen; settled; at: [modstamp, id] reached by a sweep that is not
finished, and began: when that sweep began; covered: what the platform said to be covered when the last sweep began;
floor: how far back the overlap reaches at most, after a sweep of many pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from . import times

OVERLAP_SECONDS = 900

# What a load hands to the polls that follow it.
LASTING = ("since", "modstamp", "id", "covered", "floor")


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
    if cursor.get("settled"):
        return Start(after=(newest, cursor["id"])) if cursor.get("modstamp") else Start(since=newest)
    begin = times.to_ms(newest) - OVERLAP_SECONDS * 1000
    if cursor.get("floor"):
        begin = max(begin, times.to_ms(cursor["floor"]))
    if cursor.get("covered"):
        begin = min(begin, times.to_ms(cursor["covered"]))
    return Start(since=times.iso(begin))


def moved(
    cursor: Mapping[str, Any], last: Mapping[str, str] | None, more: bool, now: float, covered: str | None = None
) -> dict[str, Any]:
    """The cursor after a page.

    last: modstamp and id of its last row, None when it was empty; more: the sweep goes on; now: our clock, seconds;
    covered: up to when the platform said, before the page was read, that nothing is under way any more, None when it
    did not say.
    The newest change seen only ever moves forward; an unfinished sweep goes on where it stopped, whatever lies between.
    """
    changed = dict(cursor)
    sweeping = bool(changed.pop("at", None))
    began = changed.pop("began", now) if sweeping else now
    if not sweeping:
        changed.pop("covered", None)
        if covered:
            changed["covered"] = covered
    forward = last is not None and (times.to_ms(last["modstamp"]), last["id"]) > _newest(cursor)
    if last is not None and forward:
        changed.update(modstamp=last["modstamp"], id=last["id"], held_at=now)
        changed.pop("settled", None)
    elif "held_at" not in changed or changed["held_at"] > now:
        changed["held_at"] = now
    if more and last is not None:
        changed.update(at=[last["modstamp"], last["id"]], began=began)
        return changed
    newest = changed.get("modstamp") or changed.get("since")
    if sweeping and newest and changed.get("covered"):
        changed["floor"] = min(newest, changed["covered"], key=times.to_ms)
    final = not newest or not changed.get("covered") or times.to_ms(changed["covered"]) >= times.to_ms(newest)
    if final and not forward and began - changed["held_at"] >= OVERLAP_SECONDS:
        changed["settled"] = True
    return changed


def after_backlog(cursor: Mapping[str, Any], since: str) -> dict[str, Any]:
    """The cursor behind a bulk read of all that changed since a cursor; since: the remote clock when that began.

    The poll that found the backlog came before it: what was covered then is in it.
    """
    changed = {"since": since}
    if cursor.get("covered"):
        changed.update(covered=cursor["covered"], floor=min(since, cursor["covered"], key=times.to_ms))
    return changed


def _newest(cursor: Mapping[str, Any]) -> tuple[int, str]:
    newest = cursor.get("modstamp") or cursor.get("since")
    return (times.to_ms(newest) if newest else -1, cursor.get("id") or "")
