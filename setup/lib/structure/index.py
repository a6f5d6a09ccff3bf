"""What the engine declares: models with their tables, methods and the files that define them."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from .source import Source

_RELATIONS = ("Many2one", "One2many", "Many2many")
_TABLED = ("Model", "TransientModel")


@dataclass(frozen=True)
class Definition:
    """A method in a class. overrides: it calls super() under its own name, so another class declares it."""

    path: str
    overrides: bool


@dataclass
class Declared:
    """An Odoo class: the models whose methods it defines, and those it takes methods from."""

    names: tuple[str, ...] = ()
    declares: bool = False
    inherits: tuple[str, ...] = ()
    table: str | None = None
    tabled: bool = False


@dataclass
class Index:
    """Look-up of declarations in a set of files."""

    modules: dict[str, str] = field(default_factory=dict)
    # {model: files that bring it into being with _name}
    declared: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tables: dict[str, str] = field(default_factory=dict)
    ancestors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    methods: dict[tuple[str, str], list[Definition]] = field(default_factory=lambda: defaultdict(list))
    by_name: dict[str, list[Definition]] = field(default_factory=lambda: defaultdict(list))
    tabled: set[str] = field(default_factory=set)
    # {field: models it points at, in whatever model}
    comodels: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def comodel(self, name: str) -> str | None:
        """Return the model that a field points at, or None where fields of that name point at several."""
        models = self.comodels.get(name, set())
        return next(iter(models)) if len(models) == 1 else None

    def of_model(self, model: str, method: str) -> list[Definition]:
        """Return where a method of a model is defined, mixins included."""
        found: list[Definition] = []
        waiting, done = [model], set()
        while waiting:
            name = waiting.pop()
            if name not in done:
                done.add(name)
                found += self.methods.get((name, method), ())
                waiting += self.ancestors.get(name, ())
        return found


def build(sources: Iterable[Source]) -> Index:
    """Return the index of the given files."""
    index = Index()
    for source in sources:
        index.modules[source.module] = source.path
        for node in source.nodes:
            if isinstance(node, ast.ClassDef):
                _enter(index, source.path, node)
    return index


def _enter(index: Index, path: str, node: ast.ClassDef) -> None:
    about = describe(node)
    for name in about.names:
        index.ancestors[name].update(parent for parent in about.inherits if parent != name)
        if about.declares:
            index.declared[name].append(path)
            if about.tabled:
                index.tabled.add(name)
                index.tables[about.table or name.replace(".", "_")] = name
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            comodel = comodel_of(item.value)
            if comodel:
                index.comodels[item.targets[0].id].add(comodel)
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            definition = Definition(path, _calls_super(item))
            index.by_name[item.name].append(definition)
            for name in about.names:
                index.methods[name, item.name].append(definition)


def describe(node: ast.ClassDef) -> Declared:
    """Return what a class says about the Odoo model it is; no names for a plain class."""
    said: dict[str, tuple[str, ...]] = {}
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            said[item.targets[0].id] = _strings(item.value)
    inherits = said.get("_inherit", ())
    names = said.get("_name", ()) or inherits
    declares = bool(said.get("_name")) and not set(said["_name"]) & set(inherits)
    bases = {base.attr for base in node.bases if isinstance(base, ast.Attribute)}
    table = said.get("_table", ())
    return Declared(names, declares, inherits, table[0] if table else None, bool(bases & set(_TABLED)))


def comodel_of(node: ast.expr) -> str | None:
    """Return the model that the declaration of a relation points at; None for anything else."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _RELATIONS:
        return None
    if not isinstance(node.func.value, ast.Name) or node.func.value.id != "fields":
        return None
    named = [*node.args[:1], *(keyword.value for keyword in node.keywords if keyword.arg == "comodel_name")]
    return next(iter(_strings(named[0])), None) if named else None


def _strings(node: ast.expr) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return tuple(item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str))


def _calls_super(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == function.name
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
        for node in ast.walk(function)
    )
