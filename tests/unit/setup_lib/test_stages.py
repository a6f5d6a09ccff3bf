"""Stages that run beside others."""

import os
import threading
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
        outcome = finish(threading.Event())
    assert outcome.failed == 1 and "missing" in outcome.problems[0]


def test_a_stage_that_is_asked_to_stop_is_not_waited_for(tmp_path, monkeypatch):
    endless = tmp_path / "test_endless.py"
    endless.write_text("import time\ndef test_endless():\n    time.sleep(600)\n")
    monkeypatch.setattr(paths, "LOCAL", tmp_path)
    stop = threading.Event()
    stop.set()
    with stages_pure.started("stopped", [str(tmp_path)], tmp_path / "printed") as finish:
        assert finish(stop).failed == 1


def test_a_stage_has_the_variables_that_it_is_given(tmp_path, monkeypatch):
    case = tmp_path / "test_variable.py"
    case.write_text("import os\ndef test_variable():\n    assert os.environ['RETAIL_SYNC_CLUSTER'] == 'other'\n")
    monkeypatch.setattr(paths, "LOCAL", tmp_path)
    with stages_pure.started("variables", [str(tmp_path)], tmp_path / "printed", {paths.CLUSTER: "other"}) as finish:
        outcome = finish(threading.Event())
    assert (outcome.passed, outcome.failed) == (1, 0)
