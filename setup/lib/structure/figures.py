"""Sizes of files and folders, and the shares of functions with return types and of public names with docstrings."""

import ast
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from .source import Source

# Lines of a Python file: reported past the first, refused past the second.
SOFT_LIMIT = 300
HARD_LIMIT = 400


@dataclass(frozen=True)
class Share:
    """How many of all; percent is 100 where there is nothing to count."""

    count: int
    total: int

    @property
    def percent(self) -> float:
        return round(100 * self.count / self.total, 1) if self.total else 100.0


@dataclass(frozen=True)
class Figures:
    """What is counted of a set of files. Sizes are lines; packages are folders below an addon."""

    files: int
    folders: int
    folder_mean: float
    folder_median: float
    folder_max: int
    largest_folder: str
    longest: tuple[str, int]
    past_soft: list[tuple[str, int]]
    past_hard: list[tuple[str, int]]
    returns: dict[str, Share]
    documented: dict[str, Share]


def figures(sources: list[Source]) -> Figures:
    """Return the figures of files; packages' __init__ count for sizes and shares, not as files of a folder."""
    modules = [source for source in sources if not source.is_package]
    folders = Counter(source.folder for source in modules)
    sizes = sorted(((source.path, source.lines) for source in sources), key=lambda item: (-item[1], item[0]))
    largest = min(folders.items(), key=lambda item: (-item[1], item[0])) if folders else ("", 0)
    return Figures(
        files=len(modules),
        folders=len(folders),
        folder_mean=round(len(modules) / len(folders), 1) if folders else 0,
        folder_median=median(folders.values()) if folders else 0,
        folder_max=largest[1],
        largest_folder=largest[0],
        longest=sizes[0] if sizes else ("", 0),
        past_soft=[item for item in sizes if item[1] > SOFT_LIMIT],
        past_hard=[item for item in sizes if item[1] > HARD_LIMIT],
        returns=_by_package(sources, _returns),
        documented=_by_package(sources, _documented),
    )


def _by_package(sources: list[Source], count: Callable[[Source], tuple[int, int]]) -> dict[str, Share]:
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for source in sources:
        counted, total = count(source)
        for package in ("all", _package(source)):
            found[package][0] += counted
            found[package][1] += total
    return {package: Share(*found[package]) for package in sorted(found) if found[package][1]}


def _package(source: Source) -> str:
    return "/".join(source.path.split("/")[:-1][:2])


def _returns(source: Source) -> tuple[int, int]:
    functions = [node for node in source.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return sum(function.returns is not None for function in functions), len(functions)


def _documented(source: Source) -> tuple[int, int]:
    """Count public functions, classes and methods of public classes; what lies inside a function is private."""
    counted = total = 0
    waiting: list[ast.Module | ast.ClassDef] = [source.tree]
    while waiting:
        for node in waiting.pop().body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_":
                total += 1
                counted += ast.get_docstring(node) is not None
                if isinstance(node, ast.ClassDef):
                    waiting.append(node)
    return counted, total
