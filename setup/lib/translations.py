"""Translation files: updated from the extracted texts, and checked for what a reader would notice.

Needs polib, from the virtual environment.
"""

import ast
import json
import re
import sys
from collections import Counter
from pathlib import Path

import polib

from . import paths
from .console import say

LANGUAGES = ("de", "fr")
_PLURALS = {"de": "nplurals=2; plural=(n != 1);", "fr": "nplurals=2; plural=(n > 1);"}
# What has to come back unchanged: printf placeholders, names of tags (their titles are texts), template expressions.
_KEPT = re.compile(r"%(?:\([a-z_]+\))?[sd%]|</?[a-z]+|\$\{[^}]*\}|\{[a-z_]*\}", re.IGNORECASE)


def write_template(raw: Path, path: Path, addon: str) -> None:
    """Write an exported .pot as the repository keeps it: no dates, sorted, each text once."""
    file = polib.pofile(str(raw))
    file.metadata = _metadata(addon, "")
    file.header = f"Texts of the addon {addon}, extracted by setup/translate."
    for entry in file:
        entry.occurrences.sort()
    file.sort(key=_order)
    file.save(str(path))


def update(template: Path, path: Path, language: str) -> int:
    """Give a .po file the texts of a template, keeping its translations; return how many texts have none.

    A text that is the same in the language ("Odoo") stays empty in the file, as Odoo wants it, and is named in
    ``setup/translations/``: empty there means "the same", not "forgotten".
    """
    known = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} if path.exists() else {}
    same = _same(template.stem, language)
    file = polib.POFile(wrapwidth=78)
    file.metadata = _metadata(template.stem, language)
    file.header = f"Translation of the addon {template.stem}, kept up to date by setup/translate."
    missing = 0
    for entry in polib.pofile(str(template)):
        entry.msgstr = known.get(entry.msgid, "")
        if entry.msgstr == entry.msgid:
            same.add(entry.msgid)
            entry.msgstr = ""
        missing += not entry.msgstr and entry.msgid not in same
        file.append(entry)
    file.sort(key=_order)
    file.save(str(path))
    _keep_same(template.stem, language, same & {entry.msgid for entry in file if not entry.msgstr})
    return missing


def _order(entry: polib.POEntry) -> str:
    return str(entry.msgid)


def _same_file(addon: str, language: str) -> Path:
    return paths.ROOT / "setup" / "translations" / f"{addon}.{language}.json"


def _same(addon: str, language: str) -> set[str]:
    path = _same_file(addon, language)
    return set(json.loads(path.read_text())) if path.exists() else set()


def _keep_same(addon: str, language: str, texts: set[str]) -> None:
    path = _same_file(addon, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(sorted(texts), indent=1, ensure_ascii=False) + "\n")


def _metadata(addon: str, language: str) -> dict[str, str]:
    """Return the header of a file without the dates and versions of an export, which say nothing about its texts."""
    values = {
        "Project-Id-Version": f"Odoo Server 19.0 {addon}",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if language:
        values["Plural-Forms"] = _PLURALS[language]
    return {name: value for name, value in values.items() if value or name != "Language"}


def findings() -> list[str]:
    """Return a line for each text that no template has, that a language lacks, or that lost a placeholder or a tag."""
    found = []
    for folder in paths.addon_folders():
        template = folder / "i18n" / f"{folder.name}.pot"
        if not template.exists():
            found.append(f"{template.relative_to(paths.ROOT)} is missing: run setup/translate")
            continue
        texts = {entry.msgid for entry in polib.pofile(str(template))}
        name = template.relative_to(paths.ROOT)
        found += [f"{name}: not extracted: {_short(text)}" for text in sorted(_translated(folder) - texts)]
        for language in LANGUAGES:
            path = folder / "i18n" / f"{language}.po"
            same = _same(folder.name, language)
            found += _of_file(path, texts, same) if path.exists() else [f"{path.relative_to(paths.ROOT)} is missing"]
    return found


def _translated(folder: Path) -> set[str]:
    """Return the texts that the Python files of an addon translate, its tests included: Odoo extracts those as well.

    What it does not find is a call within an f-string: move it out.
    """
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name in ("_", "_lt") and isinstance(node.args[0].value, str):
                    found.add(node.args[0].value)
    return found


def stale(extracted: Path, template: Path) -> list[str]:
    """Return a line for each text that a fresh extraction has and the template has not, or the other way round."""
    fresh = {entry.msgid for entry in polib.pofile(str(extracted))}
    kept = {entry.msgid for entry in polib.pofile(str(template))} if template.exists() else set()
    name = template.relative_to(paths.ROOT)
    return [f"{name}: new: {_short(text)}" for text in sorted(fresh - kept)] + [
        f"{name}: no such text any more: {_short(text)}" for text in sorted(kept - fresh)
    ]


def _of_file(path: Path, texts: set[str], same: set[str]) -> list[str]:
    name = path.relative_to(paths.ROOT)
    file = polib.pofile(str(path))
    translated = {entry.msgid: entry for entry in file}
    found = [f"{name}: no such text any more: {_short(text)}" for text in sorted(translated.keys() - texts)]
    for text in sorted(texts):
        entry = translated.get(text)
        if entry is None or not (entry.msgstr.strip() or text in same):
            found.append(f"{name}: not translated: {_short(text)}")
        elif entry.msgstr and (lost := _lost(text, entry.msgstr)):
            found.append(f"{name}: {', '.join(lost)} differs in the translation of: {_short(text)}")
    return found


def _lost(text: str, translation: str) -> list[str]:
    before, after = Counter(_KEPT.findall(text)), Counter(_KEPT.findall(translation))
    return sorted((before - after) + (after - before))


def _short(text: str) -> str:
    return " ".join(text.split())[:80]


def main() -> int:
    """Print what the translation files lack; the exit code is 1 if they lack something."""
    found = findings()
    for line in found[:60]:
        say(line)
    if found:
        say(f"{len(found)} findings; setup/translate brings the files up to date, then translate what is empty")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
