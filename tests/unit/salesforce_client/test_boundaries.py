"""What the client may know of."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import retail_sync_salesforce.client as client

FOLDER = Path(client.__path__[0])
MODULES = sorted(FOLDER.glob("*.py"))


def _imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (imported.name for imported in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module


def test_one_module_knows_simple_salesforce():
    users = [path.name for path in MODULES if any(name.split(".")[0] == "simple_salesforce" for name in _imports(path))]
    assert users == ["session.py"]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_imports(path):
    foreign = {name.split(".")[0] for name in _imports(path)} - set(sys.stdlib_module_names)
    assert foreign <= {"requests", "urllib3", "jwt", "simple_salesforce", "lxml"}


def test_it_imports_without_odoo():
    names = ", ".join(path.stem for path in MODULES if path.stem != "__init__")
    code = (
        "import sys, types\n"
        "class NoOdoo:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('odoo', 'psycopg2'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, NoOdoo())\n"
        "stub = types.ModuleType('retail_sync_salesforce')\n"
        f"stub.__path__ = [{str(FOLDER.parent)!r}]\n"
        "sys.modules['retail_sync_salesforce'] = stub\n"
        f"from retail_sync_salesforce.client import {names}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
