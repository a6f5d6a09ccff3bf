"""Measure a checkout as a whole; what setup/measure prints and what the tests assert."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from . import neutral, words
from .arrows import Drawing, draw
from .figures import Figures, figures
from .rooms import by_floor, by_folder, by_prefix, has_rooms
from .source import production, read


@dataclass(frozen=True)
class Measurement:
    """All that is measured. prefixes: the rooms that names of files stand for, in a tree that has no rooms."""

    commit: str
    with_rooms: bool
    code: Figures
    tooling: Figures
    rooms: Drawing
    prefixes: Drawing | None
    words: list[words.Finding]
    platforms: list[neutral.Line]
    partner: list[neutral.Line]
    customer: list[neutral.Line]
    private: list[neutral.Line]
    impure: list[neutral.Line]


def measure(root: Path) -> Measurement:
    """Return the measurement of a checkout.

    :raises SyntaxError: a file is not Python
    """
    sources = read(root)
    code = production(sources)
    with_rooms = has_rooms(source.path for source in code)
    room_of = by_floor if with_rooms else by_folder
    return Measurement(
        commit=_commit(root),
        with_rooms=with_rooms,
        code=figures(code),
        tooling=figures([source for source in sources if source.path.startswith(("setup/", "tests/simulators/"))]),
        rooms=draw(code, room_of),
        prefixes=None if with_rooms else draw(code, by_prefix),
        words=words.findings(words.texts(root, sources)),
        platforms=neutral.platform_names(root),
        partner=neutral.partner_names(code, room_of),
        customer=neutral.customer_words(code, room_of),
        private=neutral.private_imports(code),
        impure=neutral.impure_imports(code),
    )


def _commit(root: Path) -> str:
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        return ""
    return done.stdout.strip()
