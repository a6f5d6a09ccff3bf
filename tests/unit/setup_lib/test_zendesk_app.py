"""What the Zendesk app and the panel in Odoo share is one text, in two places."""

import re
import shutil

from setup.lib import zendesk_app


def test_the_app_has_what_it_shares_with_the_panel():
    assert zendesk_app.stale() == [], "python -m setup.lib.zendesk_app --write"


def test_shared_files_load_nothing_from_elsewhere():
    """The app is packed alone: it has neither Odoo's modules nor the panel's."""
    for shared in zendesk_app.SHARED:
        assert not re.search(r"^\s*import\b|\bimport\(|\bfrom ['\"]", (zendesk_app.ADDON / shared).read_text(), re.M)


def test_a_copy_that_differs_is_found_and_made_anew(tmp_path):
    for name in [*zendesk_app.SHARED, *zendesk_app.SHARED.values()]:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(zendesk_app.ADDON / name, tmp_path / name)
    assert zendesk_app.stale(tmp_path) == []
    [copy] = zendesk_app.SHARED.values()
    (tmp_path / copy).write_text("// changed here alone")
    assert zendesk_app.stale(tmp_path) == [copy]
    (tmp_path / copy).unlink()
    assert zendesk_app.stale(tmp_path) == [copy]
    zendesk_app.write(tmp_path)
    assert zendesk_app.stale(tmp_path) == []
