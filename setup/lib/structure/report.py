"""Show a measurement: as lines to read, or as values for a JSON file."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from .arrows import Drawing
from .figures import HARD_LIMIT, SOFT_LIMIT, Figures, Share
from .measurement import Measurement
from .neutral import Line
from .references import CALLS, Reference


def as_lines(found: Measurement, words_shown: int) -> Iterator[str]:
    """Yield the report. words_shown: how many strings that break the glossary are shown one by one."""
    code = found.code
    yield f"Code of the addons, tests left out{f' (commit {found.commit})' if found.commit else ''}"
    yield f"  files                         {code.files} in {code.folders} folders"
    sizes = f"mean {code.folder_mean:g}, median {code.folder_median:g}, max {code.folder_max}"
    yield f"  files per folder              {sizes} ({code.largest_folder})"
    yield f"  longest file                  {code.longest[1]} lines ({code.longest[0]})"
    yield f"  files past {SOFT_LIMIT} / {HARD_LIMIT} lines      {len(code.past_soft)} / {len(code.past_hard)}"
    for path, lines in code.past_soft:
        yield f"    {path}: {lines}"
    yield "  package                             return types     public docstrings"
    for figures in (code, found.tooling):
        for package in sorted(set(figures.returns) | set(figures.documented) - {"all"}):
            if package != "all" or figures is code:
                returns, documented = (item.get(package) for item in (figures.returns, figures.documented))
                yield f"    {package:<34}{_share(returns):>14}{_share(documented):>18}"
    yield ""
    yield from _rooms("Rooms" if found.with_rooms else "Folders, for there are no rooms", found.rooms, found.with_rooms)
    if found.prefixes:
        yield from _rooms("Rooms by the first word of the file name", found.prefixes, False)
    yield from _lines("Platform names in the engine", found.platforms)
    yield from _lines("res.partner in rooms that serve all entities", found.partner)
    yield from _lines("Addresses and parents in rooms that serve all entities", found.customer)
    yield from _lines("Imports of an adapter past the public packages", found.private)
    yield from _lines("Imports of Odoo in plain Python", found.impure)
    yield f"Strings that break a rule of the glossary: {len(found.words)}"
    for scope, count in sorted(Counter(item.scope for item in found.words).items()):
        yield f"  {scope}: {count}"
    for item in found.words[:words_shown]:
        yield f"    {item.path}:{item.line}: {item.word} -> {item.say} ({item.scope}): {item.text}"


def as_json(found: Measurement) -> dict[str, Any]:
    """Return the measurement as JSON-able values; long lists as counts."""
    scopes: dict[str, Counter[str]] = {}
    for item in found.words:
        scopes.setdefault(item.scope, Counter())[item.word] += 1
    return {
        "commit": found.commit,
        "layout": "rooms" if found.with_rooms else "folders",
        "code": _figures(found.code),
        "tooling": _figures(found.tooling),
        "rooms": _drawing(found.rooms),
        "rooms_by_file_name": _drawing(found.prefixes) if found.prefixes else None,
        "platform_names": [f"{item.path}:{item.line}: {item.word}" for item in found.platforms],
        "partner_names": dict(sorted(Counter(item.path for item in found.partner).items())),
        "partner_names_total": len(found.partner),
        "customer_words": dict(sorted(Counter(item.path for item in found.customer).items())),
        "customer_words_total": len(found.customer),
        "private_imports": [f"{item.path}:{item.line}: {item.word}" for item in found.private],
        "impure_imports": [f"{item.path}:{item.line}: {item.word}" for item in found.impure],
        "glossary": {
            "total": len(found.words),
            "scopes": {scope: counted.total() for scope, counted in sorted(scopes.items())},
            "words": {scope: dict(sorted(counted.items())) for scope, counted in sorted(scopes.items())},
        },
    }


def reference(item: Reference) -> str:
    """Return a reference as a line: where, what kind, to which file."""
    return f"{item.source}:{item.line}: {item.kind} {item.what} -> {item.target}"


def _rooms(title: str, drawing: Drawing, ordered: bool) -> Iterator[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(drawing.kinds.items()))
    yield f"{title}: {len(drawing.rooms)} rooms, {len(drawing.arrows)} arrows ({kinds})"
    if ordered:
        calls = sum(item.kind in CALLS for item in drawing.upward)
        yield f"  run up and are not permitted  {calls} calls, {len(drawing.upward) - calls} queued jobs and reads"
        yield from (f"    {reference(item)}" for item in drawing.upward)
        yield f"  run up and are permitted      {len(drawing.permitted)}"
        yield from (f"    {reference(item)}: {reason}" for item, reason in drawing.permitted)
        yield from (f"  {room} has no floor" for room in drawing.without_floor)
    else:
        yield "  run up                        no order of rooms exists"
    yield f"  circles between rooms         {[len(circle) for circle in drawing.room_circles] or 'none'}"
    yield from (f"    {', '.join(circle)}" for circle in drawing.room_circles)
    across = [circle for circle in drawing.file_circles if len(circle.rooms) > 1]
    yield f"  circles of files              {len(drawing.file_circles)}, of them across rooms {len(across)}"
    for circle in drawing.file_circles:
        shown = ", ".join(circle.files[:6]) + (", ..." if len(circle.files) > 6 else "")
        yield f"    {len(circle.files)} files in {', '.join(circle.rooms[:4])}: {shown}"
    yield ""


def _lines(title: str, lines: list[Line]) -> Iterator[str]:
    yield f"{title}: {len(lines)}"
    yield from (f"    {item.path}:{item.line}: {item.text}" for item in lines[:20])
    if len(lines) > 20:
        yield f"    and {len(lines) - 20} more"


def _share(share: Share | None) -> str:
    return f"{share.percent:g} % of {share.total}" if share else "-"


def _figures(figures: Figures) -> dict[str, Any]:
    shares = {
        name: {package: {"count": share.count, "total": share.total, "percent": share.percent} for package, share in of}
        for name, of in (("return_types", figures.returns.items()), ("docstrings", figures.documented.items()))
    }
    return {
        "files": figures.files,
        "folders": figures.folders,
        "files_per_folder": {
            "mean": figures.folder_mean,
            "median": figures.folder_median,
            "max": figures.folder_max,
            "largest": figures.largest_folder,
        },
        "longest_file": {"path": figures.longest[0], "lines": figures.longest[1]},
        f"past_{SOFT_LIMIT}_lines": dict(figures.past_soft),
        f"past_{HARD_LIMIT}_lines": dict(figures.past_hard),
        **shares,
    }


def _drawing(drawing: Drawing) -> dict[str, Any]:
    return {
        "rooms": len(drawing.rooms),
        "arrows": len(drawing.arrows),
        "references": dict(sorted(drawing.kinds.items())),
        "upward": [reference(item) for item in drawing.upward],
        "upward_permitted": [{"reference": reference(item), "reason": reason} for item, reason in drawing.permitted],
        "circles_between_rooms": drawing.room_circles,
        "circles_of_files": [{"files": circle.files, "rooms": circle.rooms} for circle in drawing.file_circles],
        "without_floor": drawing.without_floor,
    }
