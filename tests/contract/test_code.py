"""The code of the folder `sfdx`: components compiled by Salesforce's own compiler, Apex read by a grammar of it.

A grammar finds wrong syntax and no wrong names; of names, those of the package's own fields are looked up here.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from .node_packages import NotRunnable, install, node
from .test_metadata import PROJECT

SOURCE = Path(__file__).with_name("code")
CODE = sorted(path for kind in ("cls", "trigger", "js", "html") for path in PROJECT.rglob(f"*.{kind}"))


@pytest.fixture(scope="module")
def home():
    problem = None
    try:
        return install(SOURCE, "code")
    except NotRunnable as missing:
        problem = str(missing)
    # Outside of the handler, so that the report is the reason alone.
    pytest.fail(problem, pytrace=False)


def problems(home, *paths):
    """{name of the file: [what is wrong with it]}."""
    done = subprocess.run(
        [node(), str(SOURCE / "compile.mjs"), str(home), *map(str, paths)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {Path(path).name: found for path, found in json.loads(done.stdout).items()}


def test_components_compile_and_apex_can_be_read(home):
    assert len(CODE) == 12
    assert problems(home, *CODE) == {path.name: [] for path in CODE}


@pytest.mark.parametrize(
    ("name", "text", "reported"),
    [
        ("Wrong.cls", "public class Wrong { void go() { Integer x = 1 } }", "missing ';'"),
        ("Wrong.cls", "public class Wrong { String text = 'a\\q'; }", "token recognition"),
        ("Wrong.trigger", "trigger Wrong on Account (after deleted) { }", "deleted"),
        ("wrong.html", "<template><div lwc:iff={shown}></div></template>", "Invalid directive"),
        ("wrong.js", "import { LightningElement } from 'lwc'; export default class A {", "token"),
    ],
)
def test_the_check_finds_what_is_wrong(home, tmp_path, name, text, reported):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    [found] = problems(home, path).values()
    assert reported in " ".join(found)


def test_the_code_names_only_fields_of_the_package():
    known = {path.name.split(".")[0] for path in PROJECT.rglob("*__c*-meta.xml")}
    named = {name for path in CODE for name in re.findall(r"\b\w+__c\b", path.read_text(encoding="utf-8"))}
    assert named and named <= known
