"""Writes ``docs/schemas`` from the declarations of entities, and checks that the files are fresh and compatible."""

import argparse
import importlib
import json
import pkgutil
import sys
import types
from pathlib import Path
from typing import Any

from . import paths
from .console import say

FOLDER = paths.ROOT / "docs" / "schemas"
_CANONICAL = "retail_sync.domain.canonical"


def file_of(schema: dict[str, Any]) -> Path:
    """Return the file of a schema: one per entity and version, so that older versions stay readable."""
    return FOLDER / f"{schema['x-entity']}.v{schema['x-version']}.json"


def declared() -> dict[Path, dict[str, Any]]:
    """Return {file: schema} as the declarations of the engine's entities say it now."""
    folder = paths.ROOT / "retail_sync"
    stub = types.ModuleType("retail_sync")  # the addon's own __init__ imports its Odoo models
    stub.__path__ = [str(folder)]
    sys.modules.setdefault("retail_sync", stub)
    for module in pkgutil.iter_modules([str(folder / "domain" / "canonical")]):
        importlib.import_module(f"{_CANONICAL}.{module.name}")
    schema_of = importlib.import_module(f"{_CANONICAL}.json_schema").schema_of
    specs = importlib.import_module(f"{_CANONICAL}.registry").all()
    engines = [spec for spec in specs if _is_engine(spec)]
    return {file_of(schema): schema for schema in map(schema_of, engines)}


def _is_engine(spec: Any) -> bool:
    """Return whether an entity is declared by a module of the engine; tests register entities of their own."""
    modules = [module for name, module in sys.modules.items() if name.startswith(f"{_CANONICAL}.") and module]
    return any(value is spec for module in modules for value in vars(module).values())


def text_of(schema: dict[str, Any]) -> str:
    """Return the content of a schema's file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def problems(found: dict[Path, dict[str, Any]], folder: Path = FOLDER) -> list[str]:
    """Return what is wrong with the files in a folder, one sentence each.

    :param found: schemas as declared, as ``declared`` returns them
    """
    texts = []
    for file, schema in found.items():
        kept = folder / file.name
        if not kept.exists():
            texts.append(f"{file.name} is missing: setup/schemas --write")
            continue
        before = json.loads(kept.read_text(encoding="utf-8"))
        texts += refused(before, schema)
        if kept.read_text(encoding="utf-8") != text_of(schema):
            texts.append(f"{file.name} differs from the declaration: setup/schemas --write")
    return texts


def refused(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return why a schema may not take the place of one of the same version."""
    breaking = importlib.import_module(f"{_CANONICAL}.compatibility").breaking_changes(old, new)
    name = new["x-entity"]
    return [f"{name}: {text} Raise the version of its declaration." for text in breaking]


def write(found: dict[Path, dict[str, Any]], folder: Path = FOLDER, force: bool = False) -> list[str]:
    """Write the files that differ; return why some were left as they are.

    :param force: replace a schema of the same version by one that breaks its readers: before a release only
    """
    folder.mkdir(parents=True, exist_ok=True)
    left: list[str] = []
    for file, schema in found.items():
        kept = folder / file.name
        if kept.exists() and not force:
            texts = refused(json.loads(kept.read_text(encoding="utf-8")), schema)
            if texts:
                left += texts
                continue
        kept.write_text(text_of(schema), encoding="utf-8")
    return left


def main(arguments: list[str]) -> int:
    """Print whether the files are fresh, or write them; return the exit code."""
    parser = argparse.ArgumentParser(prog="setup/schemas", description="Write docs/schemas from the declarations.")
    parser.add_argument("--write", action="store_true", help="write the files; without it, only compare")
    parser.add_argument(
        "--unreleased",
        action="store_true",
        help="with --write: replace a version that no release contains, whatever changed in it",
    )
    options = parser.parse_args(arguments)
    found = declared()
    texts = write(found, force=options.unreleased) if options.write else problems(found)
    for text in texts:
        say(text)
    if not texts:
        say(f"docs/schemas: {len(found)} entities, all fresh.")
    return 1 if texts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
