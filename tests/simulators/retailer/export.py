"""Writing an export as an sObject-tree folder: plan file, JSON files of at most 200 records, manifest."""

from __future__ import annotations

import json
from pathlib import Path

from .retailer import Export

TREE_LIMIT = 200  # records that one sObject-tree request takes


def write_export(export: Export, folder: Path) -> list[Path]:
    """Write the export into ``folder`` (made when missing; files of an earlier export there are replaced).

    Returns the files written: the JSON files in plan order, the plan, the manifest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.json"):
        old.unlink()
    plan, written = [], []
    for name, records in export.records.items():
        files = []
        for start in range(0, len(records), TREE_LIMIT):
            path = folder / f"{name}s-{start // TREE_LIMIT + 1:04d}.json"
            _write(path, {"records": records[start : start + TREE_LIMIT]})
            files.append(path.name)
            written.append(path)
        plan.append({"sobject": name, "saveRefs": True, "resolveRefs": name != "User", "files": files})
    for name, content in (("retailer-plan.json", plan), ("manifest.json", export.manifest)):
        _write(folder / name, content)
        written.append(folder / name)
    return written


def _write(path: Path, content: object) -> None:
    # One line a record would not be JSON that every importer reads; compact separators keep 50,000 records small.
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
