"""Hash of what an installation of the addons leaves in a database. Standard library only.

A change in the body of a method needs no update of the modules; a new field, a view or a trigger does.
"""

import ast
import re
from pathlib import Path

from . import paths
from .system import digest

_NOT_STORED = {"tests", "readme", "static", "__pycache__"}
# Code that writes tables, triggers or functions of the database: all of such a file counts.
_SCHEMA = re.compile(r"\b(?:CREATE|ALTER|DROP)\s|def (?:init|_auto_init|_register_hook)\b|_hook\(")


def value() -> str:
    """The hash for the addons as they are now."""
    return digest([values()])


def values() -> dict[str, str]:
    """{name of an addon: its hash}, so that an update can leave out what is as it was."""
    return {folder.name: digest(_parts(folder)) for folder in paths.addon_folders()}


def _parts(folder: Path) -> list[object]:
    parts: list[object] = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and path.suffix != ".pot" and not _NOT_STORED.intersection(inside.parts):
            parts += [str(path.relative_to(paths.ROOT)), stored_part(path) if path.suffix == ".py" else path]
    return parts


def stored_part(path: Path) -> str:
    """What of a Python file can reach the database: all of it where it writes the schema, else all but the bodies of
    functions, docstrings and comments."""
    text = path.read_text()
    if _SCHEMA.search(text):
        return text
    return ast.dump(_WithoutBodies().visit(ast.parse(text)))


class _WithoutBodies(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.body = [ast.Pass()]
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.Expr | None:
        return None if isinstance(node.value, ast.Constant) else node
