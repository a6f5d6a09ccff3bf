"""What a path given to ``setup/test`` stands for: pure tests, tests with servers, or tests inside Odoo.

Standard library only.
"""

from dataclasses import dataclass
from pathlib import Path

from . import paths

_PURE = ("unit", "simulators")


class UnknownTarget(ValueError):
    """The word is neither a stage nor the path of tests; the message says so."""


@dataclass(frozen=True)
class TestTarget:
    """A file or folder of tests. ``path`` is relative to the repository; ``names`` are a class and a method of it."""

    __test__ = False  # pytest: no test class, whatever its name begins with
    path: Path
    names: tuple[str, ...] = ()

    @property
    def in_odoo(self) -> bool:
        """Whether Odoo's own test runner has to run it: it belongs to an addon."""
        return self.path.parts[0] != "tests"

    @property
    def needs_odoo(self) -> bool:
        """Whether Odoo and a database must be in place."""
        return self.in_odoo or self.path.parts[1:2] == () or self.path.parts[1] not in _PURE

    def pytest_argument(self) -> str:
        """The path as pytest wants it."""
        return "::".join([str(self.path), *self.names])

    def odoo_tags(self) -> list[str]:
        """What ``--test-tags`` of Odoo selects this target with, one tag for each file."""
        root = paths.ROOT / self.path
        found = sorted(root.rglob("test_*.py")) if root.is_dir() else [root]
        suffix = "".join([f":{self.names[0]}" if self.names else "", *(f".{name}" for name in self.names[1:2])])
        # The star takes tests with any tag, browser tests among them: whoever names a file wants all of it.
        return [f"*{path}{suffix}" for path in found]

    def wants_browser(self) -> bool:
        """Whether a test of this target drives a browser."""
        root = paths.ROOT / self.path
        found = root.rglob("test_*.py") if root.is_dir() else [root]
        return any("start_tour(" in text or "browser_js(" in text for text in (path.read_text() for path in found))


def target(word: str) -> TestTarget:
    """What a word of the command line selects. Raises UnknownTarget."""
    name, *names = word.split("::")
    path = Path(name).resolve()
    if not path.exists():
        path = paths.ROOT / name
    addons = {folder.name for folder in paths.addon_folders()}
    if path.exists() and path.is_relative_to(paths.ROOT):
        relative = path.relative_to(paths.ROOT)
        if relative.parts[:1] == ("tests",) or (
            relative.parts[:1] and relative.parts[0] in addons and "tests" in relative.parts
        ):
            return TestTarget(relative, tuple(names))
    raise UnknownTarget(f"{word} is neither a stage nor a path of tests")
