"""The rules about the repository's own files find what breaks them."""

from setup.lib import production_page, tree_rules
from setup.lib.structure.figures import SOFT_LIMIT

PAGE = "text\n\n       pip install 'Alpha==1' \\\n           beta_b>=2\n       pip install --no-deps odoo-addon-x==3\n"


def manifest(tmp_path, *names):
    path = tmp_path / "__manifest__.py"
    path.write_text(repr({"external_dependencies": {"python": list(names)}}))
    return {"addon": path}


def test_a_page_that_installs_what_is_required_passes(tmp_path):
    required = "# comment\nalpha==1  # reason\nbeta-b>=2\nodoo-addon-x==3\n"
    assert production_page.compare(PAGE, required, manifest(tmp_path, "Alpha", "beta_b")) == []


def test_each_difference_is_said(tmp_path):
    required = "alpha==2\nbeta-b>=2\nodoo-addon-x==3\n"
    found = production_page.compare(PAGE, required, manifest(tmp_path, "gamma"))
    assert found == [
        "addon needs gamma, which requirements.txt does not have",
        "production.md installs alpha==1, which requirements.txt does not have",
        "requirements.txt has alpha==2, which production.md does not install",
    ]


def test_a_file_past_the_hard_limit_is_found_and_tests_may_be_longer(tmp_path, monkeypatch):
    monkeypatch.setattr(tree_rules.paths, "ROOT", tmp_path)
    names = ["engine/long.py", "engine/short.py", "engine/tests/test_long.py"]
    for name, lines in zip(names, (401, 400, 500), strict=True):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n" * lines)
    monkeypatch.setattr(tree_rules, "files", lambda: [tmp_path / name for name in names])
    assert tree_rules.findings()["no file past 400 lines"] == ["engine/long.py: 401 lines"]
    assert tree_rules.long_files(SOFT_LIMIT) == ["engine/long.py: 401 lines", "engine/short.py: 400 lines"]
