"""Which room a file of the engine belongs to, in the layout with rooms and in the one before it."""

from collections.abc import Callable, Iterable

from .floors import ENGINE, FLOORS

RoomOf = Callable[[str], str]


def has_rooms(paths: Iterable[str]) -> bool:
    """Return whether a tree has rooms: folders below models/ that bear the name of a room."""
    folders = {path.removeprefix(f"{ENGINE}/").rpartition("/")[0] for path in paths if path.startswith(f"{ENGINE}/")}
    return any(folder in FLOORS for folder in folders if folder.startswith("models/"))


def by_floor(path: str) -> str:
    """Return the room of a file: "models/outbox", "domain/merge", "adapter", or "root" for a loose file."""
    parts = path.removeprefix(f"{ENGINE}/").split("/")[:-1]
    if not parts:
        return "root"
    if parts[0] in ("models", "domain") and len(parts) > 1:
        return "/".join(parts[:2])
    # models/__init__.py only loads the rooms.
    return "root" if parts == ["models"] else parts[0]


def by_folder(path: str) -> str:
    """Return the folder of a file as its room: what the layout before the rooms had."""
    return "/".join(path.removeprefix(f"{ENGINE}/").split("/")[:-1]) or "root"


def by_prefix(path: str) -> str:
    """Return the first word of the file's name as its room, for the flat folders of the layout before the rooms.

    Files that shared a first word belonged together wherever they lay.
    """
    folder = by_folder(path)
    if folder not in ("models", "services", "wizards", "root"):
        return folder
    stem = path.rpartition("/")[2].removesuffix(".py")
    if stem.startswith("__"):
        return "root"
    return stem.split("_")[0]
