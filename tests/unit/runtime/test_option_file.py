"""Options of a configuration file that changes while the server runs."""

import os

from retail_sync.runtime.option_file import OptionFile


def write(path, text):
    """Replace a file as an administrator's editor does: another file takes its name."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    os.replace(fresh, path)


def test_a_secret_that_is_replaced_in_the_file_is_read_again(tmp_path):
    """Seen: the file was read once per process, so that a new secret needed a restart."""
    path = tmp_path / "odoo.conf"
    write(path, "[retail_sync]\nAcme_client_secret = first\n")
    file = OptionFile(str(path), "retail_sync")
    assert file.options() == {"acme_client_secret": "first"}
    write(path, "[retail_sync]\nacme_client_secret = other\n")
    assert file.options() == {"acme_client_secret": "other"}
    write(path, "[options]\n")
    assert file.options() == {}


def test_a_change_in_place_is_noticed(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("[retail_sync]\na = 1\n")
    file = OptionFile(str(path), "retail_sync")
    assert file.options() == {"a": "1"}
    path.write_text("[retail_sync]\na = 2\n")
    os.utime(path, ns=(1, 1))
    assert file.options() == {"a": "2"}


def test_an_unchanged_file_is_not_parsed_again(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("[retail_sync]\na = 1\n")
    file = OptionFile(str(path), "retail_sync")
    assert file.options() is file.options()


def test_a_file_that_is_away_or_broken_leaves_what_was_read(tmp_path):
    path = tmp_path / "odoo.conf"
    path.write_text("[retail_sync]\nkey = 50%!\n")
    file = OptionFile(str(path), "retail_sync")
    assert file.options() == {"key": "50%!"}
    write(path, "no section\n")
    assert file.options() == {"key": "50%!"}
    path.unlink()
    assert file.options() == {"key": "50%!"}
    write(path, "[retail_sync]\nkey = back\n")
    assert file.options() == {"key": "back"}
