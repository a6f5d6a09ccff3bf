"""Read the Python files of a checkout."""

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from .floors import ADDONS

_LEFT_OUT = {"node_modules", "__pycache__", "build", "dist"}


@dataclass(frozen=True)
class Source:
    """A Python file: its path below the checkout with "/", its text and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of the tree: to walk it is what takes most of the time."""
        return list(ast.walk(self.tree))

    @cached_property
    def docstrings(self) -> frozenset[int]:
        """The ids of the constant nodes that are docstrings."""
        found = set()
        for node in self.nodes:
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
                first = node.body[0]
                if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                    found.add(id(first.value))
        return frozenset(found)

    @property
    def lines(self) -> int:
        return self.text.count("\n") + (not self.text.endswith("\n") and bool(self.text))

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def module(self) -> str:
        """The dotted name; a package's is that of its folder."""
        parts = self.path.removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def is_package(self) -> bool:
        return self.name == "__init__.py"

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.split("/")[:-1]


def walk(root: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Yield (path below root with "/", path) of each file with one of the suffixes, in order; hidden folders not."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _LEFT_OUT)
        for name in sorted(files):
            if name.endswith(suffixes):
                path = Path(folder, name)
                yield path.relative_to(root).as_posix(), path


def read(root: Path) -> list[Source]:
    """Return the Python files of a checkout.

    :raises SyntaxError: a file is not Python
    """
    found = []
    for name, path in walk(root, (".py",)):
        text = path.read_text(encoding="utf-8")
        found.append(Source(name, text, ast.parse(text, name)))
    return found


def production(sources: list[Source]) -> list[Source]:
    """Return the addons' files without tests and manifests."""
    return [
        source
        for source in sources
        if source.path.split("/")[0] in ADDONS and not source.is_test and source.name != "__manifest__.py"
    ]
