"""The components of the folder `sfdx` that show JSON of Odoo: their pure parts, and their words."""

import re
import subprocess
from pathlib import Path

from .node_packages import node

ROOT = Path(__file__).resolve().parents[2]
COMPONENTS = ROOT / "retail_sync_salesforce" / "sfdx" / "force-app" / "main" / "default" / "lwc"


def test_the_timeline_has_the_words_of_odoo():
    """Labels of kinds and of their reversals are those of the journal's own screen."""
    words = (ROOT / "retail_sync" / "models" / "milestone" / "texts.py").read_text(encoding="utf-8")
    kinds = dict(re.findall(r'^    \("(\w+)", "([^"]+)"\),$', words, re.MULTILINE))
    reversals = dict(re.findall(r'^        "(\w+)": env\._\("([^"]+)"\),$', words.split("def cause")[0], re.MULTILINE))
    script = (COMPONENTS / "orderTimeline" / "timeline.js").read_text(encoding="utf-8")
    labels, taken_back = (
        dict(re.findall(r'^    (\w+): "([^"]+)",$', part.partition("};")[0], re.MULTILINE))
        for part in (script.partition("const LABELS")[2], script.partition("const REVERSALS")[2])
    )
    assert len(kinds) > 20 and taken_back == reversals
    assert {kind: labels.get(kind, kind.replace("_", " ").capitalize()) for kind in kinds} == kinds


def test_components_read_what_odoo_sends():
    """The pure parts of the components, run by node's own test runner."""
    cases = Path(__file__).with_name("code") / "components.test.mjs"
    done = subprocess.run(
        [node(), "--test", str(cases)], capture_output=True, text=True, timeout=120, check=False,
        env={"COMPONENTS": str(COMPONENTS), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
