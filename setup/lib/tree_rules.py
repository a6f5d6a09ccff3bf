"""House rules about the files themselves."""

import re
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import paths
from .structure.figures import HARD_LIMIT

# Written so that this file does not match itself.
_MACHINE_PATH = re.compile(r"(?<![\w.~-])/(?:w[o]rk|r[o]ot|f[a]rm|tmp/br[i]ef)/")
_REGISTRY = re.compile(
    r"py[p]i\.org|python[h]osted\.org|npm[j]s\.(?:org|com)|deb[.]debian[.]org|archive[.]ubuntu[.]com|crates[.]io"
)
_LEFT_OVER = re.compile(r"\b(?:TO[D]O|FIX[M]E|XX[X]|NotImplemented[E]rror)\b")
_SKIPPED = re.compile(r"skip[T]est\(|pytest\.sk[i]p|unittest\.sk[i]p|pytest\.mark\.(?:sk[i]p|xf[a]il)")
_TEXT = {
    ".py",
    ".xml",
    ".js",
    ".mjs",
    ".md",
    ".rst",
    ".toml",
    ".txt",
    ".json",
    ".csv",
    ".cfg",
    ".conf",
    ".example",
    ".yaml",
    ".yml",
    "",
}


def findings() -> dict[str, list[str]]:
    """What breaks each rule, as "path:line: text"; an empty list for a rule that is kept."""
    found: dict[str, list[str]] = {
        "no path of one machine": [],
        "no host of a package registry or mirror": [],
        "nothing left for later": [],
        "no test that skips": [],
    }
    patterns = dict(zip(found, (_MACHINE_PATH, _REGISTRY, _LEFT_OVER, _SKIPPED), strict=True))
    for path in files():
        if path.suffix not in _TEXT:
            continue
        lines = path.read_text(errors="replace").splitlines()
        name = path.relative_to(paths.ROOT)
        for title, pattern in patterns.items():
            found[title] += [
                f"{name}:{i}: {line.strip()[:120]}" for i, line in enumerate(lines, 1) if pattern.search(line)
            ]
    found[f"no file past {HARD_LIMIT} lines"] = long_files(HARD_LIMIT)
    found["XML is well-formed"] = _broken_xml()
    return found


def long_files(limit: int) -> list[str]:
    """Python files past a number of lines, as "path: number lines"; files of tests may be longer."""
    found = []
    for path in files():
        name = path.relative_to(paths.ROOT)
        if path.suffix == ".py" and not _is_test(name):
            lines = len(path.read_text(errors="replace").splitlines())
            if lines > limit:
                found.append(f"{name}: {lines} lines")
    return found


def files() -> list[Path]:
    """The repository's files as git sees them, new ones included."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=paths.ROOT,
            capture_output=True,
            check=True,
        ).stdout
        found = [paths.ROOT / name.decode() for name in listed.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        found = [path for path in paths.ROOT.rglob("*") if not path.is_relative_to(paths.LOCAL)]
    return sorted(path for path in found if path.is_file())


def _broken_xml() -> list[str]:
    broken = []
    for path in files():
        if path.suffix in (".xml", ".svg"):
            try:
                ElementTree.parse(path)
            except ElementTree.ParseError as error:
                broken.append(f"{path.relative_to(paths.ROOT)}: {error}")
    return broken


def _is_test(name: Path) -> bool:
    return "tests" in name.parts and name.name.startswith("test_")
