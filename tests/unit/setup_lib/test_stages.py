"""Stages that run beside others."""

import os
import time

from setup.lib import paths, stages_pure


def children() -> set[str]:
    children_file = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    with open(children_file) as listed:
        return set(listed.read().split())


def test_a_stage_left_early_leaves_no_process_behind(tmp_path, monkeypatch):
    """Ctrl-C in the middle of setup/test must not leave servers of the stage beside it running."""
    endless = tmp_path / "test_endless.py"
    endless.write_text(
        "import time\ndef test_endless():\n    open(__file__ + '.begun', 'w').close()\n    time.sleep(600)\n"
    )
    monkeypatch.setattr(paths, "LOCAL", tmp_path)
    before = children()
    with stages_pure.started("left_early", [str(tmp_path)], tmp_path / "printed"):
        deadline = time.monotonic() + 60
        while not (tmp_path / "test_endless.py.begun").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert len(children() - before) == 1
    assert children() - before == set()


def test_a_stage_whose_folder_is_missing_says_so(tmp_path):
    with stages_pure.started("nothing", [str(tmp_path / "away")]) as finish:
        outcome = finish()
    assert outcome.failed == 1 and "missing" in outcome.problems[0]
