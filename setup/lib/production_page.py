"""Compares the packages that ``production.md`` installs with those that the addons need, so that they cannot drift."""

import ast
import re
from pathlib import Path

from . import paths

_PIP = re.compile(r"^\s*(?:\S*/)?pip install (.+)$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


def findings() -> dict[str, list[str]]:
    """What differs, as one sentence each; an empty list when the page, the list and the manifests agree."""
    page = (paths.ROOT / "setup" / "production.md").read_text()
    required = (paths.ROOT / "requirements.txt").read_text()
    manifests = {folder.name: folder / "__manifest__.py" for folder in paths.addon_folders()}
    return {"production.md installs what the addons need": compare(page, required, manifests)}


def compare(page: str, required: str, manifests: dict[str, Path]) -> list[str]:
    """Sentences about packages that one of the three places names and another does not.

    page: text of production.md. required: text of requirements.txt. manifests: manifest file by addon.
    """
    installed = _specifiers(" ".join(_PIP.findall(page.replace("\\\n", " "))))
    wanted = _specifiers(" ".join(line.partition("#")[0] for line in required.splitlines()))
    wrong = [f"requirements.txt has {name}, which production.md does not install" for name in wanted - installed]
    wrong += [f"production.md installs {name}, which requirements.txt does not have" for name in installed - wanted]
    names = {_name(word) for word in wanted}
    for addon, path in manifests.items():
        external = ast.literal_eval(path.read_text()).get("external_dependencies", {}).get("python", [])
        wrong += [
            f"{addon} needs {word}, which requirements.txt does not have"
            for word in external
            if _name(word) not in names
        ]
    return sorted(wrong)


def _specifiers(text: str) -> set[str]:
    """The requirements in a command line, without options and quotes; names as an index compares them."""
    words = [word.strip("'\"") for word in text.split() if not word.startswith("-")]
    return {_name(word) + _NAME.sub("", word, count=1).replace(" ", "") for word in words if _NAME.match(word)}


def _name(word: str) -> str:
    found = _NAME.match(word)
    return re.sub(r"[-_.]+", "-", found.group() if found else word).lower()
