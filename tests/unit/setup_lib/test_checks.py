"""The lint checks are one list, and each of its places follows it."""

import re

from setup.lib import checks, lint, paths


def test_pre_commit_has_the_checks_of_the_list_in_its_order():
    text = (paths.ROOT / ".pre-commit-config.yaml").read_text()
    names = [check.name for check in checks.checks()]
    assert re.findall(r"- id: (\S+)", text) == names
    assert re.findall(r"entry: setup/lint (\S+)", text) == names
    assert re.findall(r"  name: (.+)", text) == [check.about for check in checks.checks()]


def test_a_missing_domain_is_checked_all_the_same_so_that_mypy_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "setup").mkdir()
    [mypy] = [check for check in checks.checks() if check.name == "mypy"]
    assert mypy.command == ["mypy", "retail_sync/domain", "setup"]


def test_a_check_that_fails_is_counted_and_its_output_shown(tmp_path, monkeypatch, capsys):
    bad = checks.Check("bad", "fails", ["python", "-c", "import sys; print('what is wrong'); sys.exit(3)"])
    good = checks.Check("good", "passes", ["python", "-c", "print('not shown')"])
    monkeypatch.setattr(lint, "checks", lambda: [bad, good])
    outcome = lint.run()
    assert (outcome.passed, outcome.failed) == (1, 1)
    assert outcome.problems == ["bad: exit code 3, its findings are above"]
    printed = capsys.readouterr().out
    assert "what is wrong" in printed
    assert "not shown" not in printed
