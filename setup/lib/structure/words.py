"""Find texts and names that break a rule of the glossary."""

import ast
import fnmatch
import io
import re
import tokenize
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .glossary import ALLOWED, COMMENT, DOC, NAME, README, RULES, TECHNICAL, UI, Allowed, Rule
from .source import Source, walk

_TRANSLATED = ("_", "_lt", "LazyTranslate")
_LABELS = ("string", "help")
_SHOWN = ("string", "help", "title", "placeholder", "confirm", "sum", "avg", "data-tooltip", "alt", "aria-label")
_NAMED = ("name", "help", "description", "summary", "comment")
_TECHNICAL_FILES = (".py", ".xml", ".csv", ".js", ".mjs", ".scss")
_SCRIPT_TEXT = re.compile(r"""\b_t\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)""")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Text:
    """A text of a file and what it is (a scope of the glossary)."""

    scope: str
    path: str
    line: int
    text: str


@dataclass(frozen=True)
class Finding:
    """A word in a text that a rule replaces."""

    scope: str
    path: str
    line: int
    word: str
    say: str
    text: str


def findings(
    texts: Iterable[Text], rules: Sequence[Rule] = RULES, allowed: Sequence[Allowed] = ALLOWED
) -> list[Finding]:
    """Return what breaks a rule and is not allowed, by file and line."""
    compiled = [(rule, re.compile(_pattern(rule), re.IGNORECASE)) for rule in rules]
    excuses = [(item.files, re.compile(item.word, re.IGNORECASE), re.compile(item.text)) for item in allowed]
    known: dict[tuple[str, str], list[tuple[Rule, str]]] = {}  # most names are used often
    found = []
    for text in texts:
        shown = _words(text.text) if text.scope == NAME else " ".join(text.text.split())
        if (text.scope, shown) not in known:
            matches = [(rule, pattern.search(shown)) for rule, pattern in compiled if text.scope in rule.scopes]
            known[text.scope, shown] = [(rule, match[0]) for rule, match in matches if match]
        for rule, matched in known[text.scope, shown]:
            if not any(
                fnmatch.fnmatchcase(text.path, files) and word.fullmatch(matched) and around.search(shown)
                for files, word, around in excuses
            ):
                found.append(Finding(text.scope, text.path, text.line, matched.lower(), rule.say, shown[:120]))
    return sorted(set(found), key=lambda item: (item.path, item.line, item.word, item.scope))


def texts(root: Path, sources: Iterable[Source]) -> Iterator[Text]:
    """Yield the texts of a checkout: user interface, docstrings, comments, names, and the prose of readme files."""
    for source in sources:
        yield from of_python(source)
    for name, path in walk(root, (".xml",)):
        if "/static/" not in name or "/static/src/" in name:
            yield from of_xml(name, path.read_text(encoding="utf-8"))
    for name, path in walk(root, (".js", ".mjs")):
        if "/static/lib/" not in name:
            script = path.read_text(encoding="utf-8")
            for match in _SCRIPT_TEXT.finditer(script):
                yield Text(UI, name, script.count("\n", 0, match.start()) + 1, match[1][1:-1])
    for name, path in walk(root, (".md",)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield Text(README, name, number, line)
    for name, path in walk(root, _TECHNICAL_FILES):
        if "/static/lib/" not in name:
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if re.search(r"retail[._]sync[._]", line):
                    yield Text(TECHNICAL, name, number, line)


def of_python(source: Source) -> Iterator[Text]:
    """Yield the texts of a Python file. A name is given once for each line on which it is defined."""
    stem = source.name.removesuffix(".py")
    if stem.strip("_") == stem:
        yield Text(NAME, source.path, 1, stem)
    for node in source.nodes:
        line = getattr(node, "lineno", 1)
        if isinstance(node, ast.Constant) and id(node) in source.docstrings:
            for number, part in enumerate(str(node.value).splitlines()):
                yield Text(DOC, source.path, line + number, part)
        elif isinstance(node, ast.Call):
            for constant in _shown(node):
                yield Text(UI, source.path, constant.lineno, str(constant.value))
        for name in _defined(node):
            yield Text(NAME, source.path, line, name)
    if "#" not in source.text:
        return
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT:
            yield Text(COMMENT, source.path, token.start[0], token.string.lstrip("#: "))


def of_xml(path: str, text: str) -> Iterator[Text]:
    """Yield the texts that an XML file shows to users, and its comments. Lines are those of the first occurrence."""
    try:
        tree = ElementTree.fromstring(text, ElementTree.XMLParser(target=ElementTree.TreeBuilder(insert_comments=True)))
    except ElementTree.ParseError:
        return  # reported by the lint stage
    for node in tree.iter():
        if not isinstance(node.tag, str):
            if node.text:
                yield Text(COMMENT, path, _line(text, node.text), node.text)
            continue
        shown = [value for key, value in node.attrib.items() if key in _SHOWN]
        if node.tag == "menuitem":
            shown.append(node.get("name", ""))
        data = node.tag == "field" and not list(node)
        if (
            node.text
            and (not data or node.get("name") in _NAMED)
            and node.tag not in ("attribute", "value", "function")
        ):
            shown.append(node.text)
        if node.tag == "attribute" and node.get("name") in _SHOWN:
            shown.append(node.text or "")
        if node.tag != "field" or node.get("name") == "arch":
            shown += [child.tail for child in node if child.tail]
        for part in shown:
            # The name of a view is the name of its model, and looked at as such.
            if part.strip() and not part.strip().startswith("retail.sync."):
                yield Text(UI, path, _line(text, part), part.strip())
        if node.get("id"):
            yield Text(NAME, path, _line(text, node.get("id", "")), node.get("id", ""))


def _line(text: str, part: str) -> int:
    first = part.strip().splitlines()[0] if part.strip() else part
    return text.count("\n", 0, max(0, text.find(first))) + 1


def _shown(node: ast.Call) -> Iterator[ast.Constant]:
    """Yield the strings of a call that users read: translated texts, labels, helps and selections of fields."""
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called in _TRANSLATED:
        yield from _constants(node.args[:1])
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(owner, ast.Name) and owner.id == "fields":
        yield from _constants([keyword.value for keyword in node.keywords if keyword.arg in _LABELS])
        if called not in ("Many2one", "One2many", "Many2many", "Selection"):
            yield from _constants(node.args[:1])
        if called == "Selection":
            for choices in [*node.args[:1], *(item.value for item in node.keywords if "selection" in (item.arg or ""))]:
                if isinstance(choices, ast.List | ast.Tuple):
                    pairs = [pair for pair in choices.elts if isinstance(pair, ast.Tuple) and len(pair.elts) == 2]
                    yield from _constants([pair.elts[1] for pair in pairs])


def _constants(nodes: Iterable[ast.expr]) -> Iterator[ast.Constant]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _defined(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
        yield node.id if isinstance(node, ast.Name) else node.attr


def _words(name: str) -> str:
    return " ".join(_CAMEL.sub("_", name).replace(".", "_").lower().split("_")).strip()


def _pattern(rule: Rule) -> str:
    if rule.whole:
        return rf"^(?:{rule.old})$"
    return rule.old if TECHNICAL in rule.scopes else rf"\b(?:{rule.old})\b"
