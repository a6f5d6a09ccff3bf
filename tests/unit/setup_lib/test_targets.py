"""A path given to setup/test selects its tests, wherever they run."""

import re
from pathlib import Path

import pytest

from setup.lib import options, paths, targets


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    for name in (
        "tests/unit/test_a.py",
        "tests/end_to_end/test_b.py",
        "addon/tests/links/test_c.py",
        "addon/models/d.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "addon" / "__manifest__.py").write_text("{}")
    return tmp_path


def test_pure_tests_need_no_odoo(tree):
    target = targets.target("tests/unit/test_a.py::test_one")
    assert target.pytest_argument() == "tests/unit/test_a.py::test_one"
    assert not target.needs_odoo and not target.in_odoo


def test_tests_with_servers_need_odoo_and_run_by_pytest(tree):
    target = targets.target("tests/end_to_end")
    assert target.needs_odoo and not target.in_odoo


def test_a_file_of_an_addon_becomes_a_tag_of_odoo(tree):
    target = targets.target("addon/tests/links/test_c.py::TestLinks::test_one")
    assert target.in_odoo
    assert target.odoo_tags() == [f"*{tree}/addon/tests/links/test_c.py:TestLinks.test_one"]
    assert targets.target("addon/tests").odoo_tags() == [f"*{tree}/addon/tests/links/test_c.py"]


@pytest.mark.parametrize("word", ["nothing", "addon/models/d.py", "../elsewhere", "/"])
def test_what_is_no_path_of_tests_is_refused(tree, word):
    with pytest.raises(targets.UnknownTarget, match="neither a stage nor a path of tests"):
        targets.target(word)


def test_paths_and_stages_may_be_asked_for_together(capsys):
    parsed = options.parse("test", ["lint", "tests/unit/setup_lib/test_targets.py"])
    assert parsed.stages == ["lint"]
    assert [file.path for file in parsed.files] == [Path("tests/unit/setup_lib/test_targets.py")]
    assert not options.needs_odoo("test", parsed)
    assert options.parse("test", ["tests/unit"]).stages == []


def test_only_a_file_that_drives_a_browser_wants_one(tree):
    path = tree / "addon" / "tests" / "links" / "test_c.py"
    assert not targets.target(str(path)).wants_browser()
    path.write_text("self.start_tour('/odoo', 'tour')")
    assert targets.target(str(path)).wants_browser()


def test_the_commands_of_the_contributing_page_name_tests_that_exist():
    words = re.findall(r"^ +setup/test (\S+/\S+)", (paths.ROOT / "CONTRIBUTING.md").read_text(), re.MULTILINE)
    assert len(words) > 4
    for word in words:
        chosen = targets.target(word)
        defined = re.findall(r"^ *(?:class|def) (\w+)", (paths.ROOT / chosen.path).read_text(), re.MULTILINE)
        assert set(chosen.names) <= set(defined), word
