"""Find what each file refers to: imports, calls by registry name, calls of methods, tables."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass

from .floors import ENGINE, floor_of
from .index import Definition, Index, build, comodel_of, describe
from .rooms import RoomOf
from .source import Source

# Kinds of a reference that run code of the other room. Of the rest, queued ones run it later and in a transaction of
# their own; reads, tables, fields and names are about its data.
CALLS = ("import", "call", "extends")

# Methods of every recordset that return records of the same model.
_SAME = frozenset(
    "sudo with_context with_user with_company with_env with_prefetch browse search search_fetch exists create filtered"
    " filtered_domain sorted new copy with_delay delayable".split()
)
_DELAYS = ("with_delay", "delayable")
_TABLE = re.compile(r"\b[a-z][a-z0-9_]+\b")


@dataclass(frozen=True)
class Reference:
    """That a line of one file refers to another file. what: the name by which it does."""

    kind: str
    source: str
    line: int
    target: str
    what: str


def find(sources: Iterable[Source], room_of: RoomOf) -> list[Reference]:
    """Return the references between different files of the given ones."""
    files = list(sources)
    index = build(files)
    found = []
    for source in files:
        reader = _Reader(source, index, room_of)
        reader.visit(source.tree)
        found += reader.found
    return sorted(set(found), key=lambda item: (item.source, item.line, item.kind, item.what, item.target))


class _Reader(ast.NodeVisitor):
    """Walks one file. Which model a local variable holds is followed through plain assignments and loops only."""

    def __init__(self, source: Source, index: Index, room_of: RoomOf) -> None:
        self.source = source
        self.index = index
        self.room_of = room_of
        self.found: list[Reference] = []
        self.imported: set[str] = set()
        self.owner: tuple[str, ...] = ()
        # {variable: (model, whether what is called on it is queued)}
        self.scope: dict[str, tuple[str, bool]] = {}
        self.silent = set(source.docstrings)

    # Imports

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.imported.add((alias.asname or alias.name).split(".")[0])
            self._import(node, _own_name(alias.name), None)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = _base(self.source, node)
        for alias in node.names:
            self.imported.add(alias.asname or alias.name)
            self._import(node, _own_name(base), alias.name)

    def _import(self, node: ast.stmt, base: str, name: str | None) -> None:
        target = self.index.modules.get(f"{base}.{name}") if name else None
        target = target or self.index.modules.get(base)
        if target is None:
            return
        # A package that loads its own modules, or another addon's package that loads everything, says nothing.
        if self.source.is_package and target.startswith(f"{self.source.folder}/"):
            return
        self._add("import", node, target, f"{base}.{name}" if name else base)

    # Classes and functions

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before = self.owner
        about = describe(node)
        self.owner = about.names
        for item in node.body:
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                if item.targets[0].id in ("_name", "_inherit", "_inherits", "_table"):
                    self.silent.update(id(part) for part in ast.walk(item))
        for parent in about.inherits:
            if parent in self.index.declared:
                self._add_lowest("extends", node, self.index.declared[parent], parent)
        self.generic_visit(node)
        self.owner = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before, self.scope = self.scope, dict(self.scope)
        for argument in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
            self.scope.pop(argument.arg, None)
        if self.owner and node.args.args and node.args.args[0].arg == "self":
            self.scope["self"] = (self.owner[0], False)
        self.generic_visit(node)
        self.scope = before

    def visit_Assign(self, node: ast.Assign) -> None:
        self._take(node.targets[0], node.value)
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        self._take(node.target, node.iter)
        self.generic_visit(node)

    def _take(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            held = self._model_of(value)
            if held:
                self.scope[target.id] = held
                # A queue that is prepared here is used further down; a model without a table holds nothing to read.
                if held[1] or held[0] not in self.index.tabled:
                    self._use(value)
            else:
                self.scope.pop(target.id, None)

    # Calls, look-ups and strings

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute):
            self._method(node, function)
            comodel = comodel_of(node)
            if comodel in self.index.declared:
                self.silent.update(id(item) for item in ast.walk(node) if _text(item) == comodel)
                self._add_lowest("field", node, self.index.declared[comodel], comodel)
        self.generic_visit(node)

    def _method(self, node: ast.Call, function: ast.Attribute) -> None:
        receiver, name = function.value, function.attr
        if isinstance(receiver, ast.Call) and isinstance(receiver.func, ast.Name) and receiver.func.id == "super":
            return
        if isinstance(receiver, ast.Name) and receiver.id in self.imported:
            return
        held = self._model_of(receiver)
        known = held is not None
        definitions = self.index.of_model(held[0], name) if held else []
        private = name.startswith("_") and not name.startswith("__")
        if not definitions and private and not (held and held[0] not in self.index.declared):
            known, definitions = False, self.index.by_name.get(name, [])
        definitions = _declarations(definitions)
        if not definitions or (name in _SAME and not private):
            return
        target = self._choose([item.path for item in definitions], known)
        if held and known:
            self._use(receiver)
        if target:
            queued = bool(held and held[1])
            what = f"{held[0]}.{name}" if held and known else name
            self._add("queued" if queued else "call", node, target, what)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        name = _key(node)
        if name in self.index.declared and id(node.slice) not in self.silent:
            self.silent.add(id(node.slice))
            self._add_lowest("read", node, self.index.declared[name], name)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if not isinstance(node.value, str) or id(node) in self.silent:
            return
        if node.value in self.index.declared:
            self._add_lowest("name", node, self.index.declared[node.value], node.value)
        elif "_" in node.value:
            for word in sorted(set(_TABLE.findall(node.value)) & self.index.tables.keys()):
                self._add_lowest("table", node, self.index.declared[self.index.tables[word]], word)

    # Resolution

    def _model_of(self, node: ast.expr) -> tuple[str, bool] | None:
        """Return (model, queued) of the records an expression stands for, or None where that is not plain."""
        queued = False
        while True:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME:
                queued = queued or node.func.attr in _DELAYS
                node = node.func.value
            elif isinstance(node, ast.BinOp):
                node = node.left
            elif isinstance(node, ast.Name):
                held = self.scope.get(node.id)
                return (held[0], held[1] or queued) if held else None
            elif isinstance(node, ast.Attribute):
                comodel = self.index.comodel(node.attr)
                return (comodel, queued) if comodel else None
            elif isinstance(node, ast.Subscript):
                name = _key(node)
                return (name, queued) if name and "." in name else None
            else:
                return None

    def _use(self, node: ast.expr) -> None:
        """The look-up at the root of an expression belongs to a call: it is no read of the table."""
        while True:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                node = node.func.value
            elif isinstance(node, ast.BinOp):
                node = node.left
            elif isinstance(node, ast.Subscript) and _key(node):
                self.silent.add(id(node.slice))
                return
            else:
                return

    def _choose(self, paths: list[str], known: bool) -> str | None:
        """Return the file a call goes to: this one, else one of this room, else the lowest.

        Several rooms without an order between them: None, unless the model is known, for a guess would draw an arrow.
        """
        if self.source.path in paths:
            return None
        here = self.room_of(self.source.path)
        same = [path for path in paths if self.room_of(path) == here]
        if same:
            return same[0]
        floors = [(floor_of(self.room_of(path)), path) for path in paths]
        ordered = [(floor, path) for floor, path in floors if floor is not None]
        if len(ordered) == len(floors):
            return min(ordered)[1]
        return paths[0] if known or len(set(paths)) == 1 else None

    def _add_lowest(self, kind: str, node: ast.AST, paths: list[str], what: str) -> None:
        target = self._choose(paths, known=True)
        if target:
            self._add(kind, node, target, what)

    def _add(self, kind: str, node: ast.AST, target: str, what: str) -> None:
        if target != self.source.path:
            self.found.append(Reference(kind, self.source.path, getattr(node, "lineno", 0), target, what))


def _declarations(definitions: list[Definition]) -> list[Definition]:
    """Leave out the overrides; a name that is only overridden is declared by Odoo, and no call of it comes here."""
    return [item for item in definitions if not item.overrides]


def imports(source: Source, of_addons: bool = True) -> list[tuple[int, str]]:
    """Return (line, dotted name) of what a file imports, relative names resolved.

    of_addons: names of addons are given without "odoo.addons".
    """
    found = []
    for node in source.nodes:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{_base(source, node)}.{alias.name}" for alias in node.names]
        line = getattr(node, "lineno", 0)
        found += [(line, _own_name(name) if of_addons else name) for name in names]
    return found


def _base(source: Source, node: ast.ImportFrom) -> str:
    """Return the dotted name that a "from" statement starts at."""
    if not node.level:
        return node.module or ""
    package = source.module.split(".")
    package = package[: len(package) - node.level + source.is_package]
    return ".".join([*package, *([node.module] if node.module else [])])


def _own_name(name: str) -> str:
    return name.removeprefix("odoo.addons.")


def _key(node: ast.Subscript) -> str | None:
    return _text(node.slice)


def _text(node: ast.AST) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def engine_only(sources: Iterable[Source]) -> list[Source]:
    """Return the files of the engine's addon."""
    return [source for source in sources if source.path.startswith(f"{ENGINE}/")]
