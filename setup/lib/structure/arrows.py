"""Draw the references of the engine as arrows between rooms and files, and judge them by the floors."""

from collections import Counter
from dataclasses import dataclass

from .floors import JOBS_MODEL, PERMITTED, Permit, floor_of
from .graph import circles
from .references import CALLS, Reference, engine_only, find
from .rooms import RoomOf
from .source import Source


@dataclass(frozen=True)
class Circle:
    """Files that all reach each other by calls, and the rooms they lie in."""

    files: tuple[str, ...]
    rooms: tuple[str, ...]


@dataclass
class Drawing:
    """The engine's rooms. upward: references that run up and are not permitted; permitted: (reference, reason)."""

    rooms: list[str]
    arrows: Counter[tuple[str, str]]
    kinds: Counter[str]
    upward: list[Reference]
    permitted: list[tuple[Reference, str]]
    room_circles: list[list[str]]
    file_circles: list[Circle]
    without_floor: list[str]


def draw(sources: list[Source], room_of: RoomOf) -> Drawing:
    """Return the drawing of the engine's files among the given ones."""
    files = engine_only(sources)
    references = find(files, room_of)
    rooms = sorted({room_of(source.path) for source in files if source.tree.body})
    across = [item for item in references if room_of(item.source) != room_of(item.target)]
    upward, permitted = [], []
    for item in across:
        if not _runs_up(item, room_of):
            continue
        reason = _reason(item, room_of)
        if reason:
            permitted.append((item, reason))
        else:
            upward.append(item)
    excused = {item for item, _reason_of in permitted}
    counted = [item for item in across if item not in excused and item.kind != "queued"]
    arrows = Counter((room_of(item.source), room_of(item.target)) for item in counted)
    calls = [(item.source, item.target) for item in references if item.kind in CALLS and item not in excused]
    file_circles = [Circle(tuple(part), tuple(sorted({room_of(path) for path in part}))) for part in circles(calls)]
    return Drawing(
        rooms=rooms,
        arrows=arrows,
        kinds=Counter(item.kind for item in across),
        upward=upward,
        permitted=permitted,
        room_circles=circles(arrows),
        file_circles=file_circles,
        without_floor=[room for room in rooms if floor_of(room) is None],
    )


def unused_permits(drawing: Drawing) -> list[Permit]:
    """Return the entries of the list of exceptions that nothing uses any more."""
    return [
        permit
        for permit in PERMITTED
        if not any(permit.covers(item.source, item.target, item.kind) for item, _reason_of in drawing.permitted)
    ]


def _runs_up(item: Reference, room_of: RoomOf) -> bool:
    here, there = floor_of(room_of(item.source)), floor_of(room_of(item.target))
    return here is not None and there is not None and there > here


def _reason(item: Reference, room_of: RoomOf) -> str | None:
    """Return why a reference may run up, or None."""
    model = JOBS_MODEL.format(room=room_of(item.target).rpartition("/")[2])
    if item.kind == "queued" and item.what.startswith(f"{model}."):
        return "queued job"
    if item.kind in ("name", "read") and item.what == model:
        return "names the model whose methods are queued"
    for permit in PERMITTED:
        if permit.covers(item.source, item.target, item.kind):
            return permit.reason
    return None
