"""Debian's archive has to be found among whatever sources a machine has."""

from setup.lib import apt

DEB822 = """\
# Debian
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""
LIST = """\
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/k.gpg] https://tools.example/linux bookworm stable
deb http://mirror.example/debian bookworm main non-free
deb-src http://mirror.example/debian bookworm main
"""


def test_deb822_stanzas_are_read(tmp_path):
    path = tmp_path / "debian.sources"
    path.write_text(DEB822)
    first, second = apt._parse(path)
    assert first.uri == "http://mirror.example/debian"
    assert first.keyring == "/usr/share/keyrings/debian.gpg"
    assert first.suites == ("bookworm", "bookworm-updates")
    assert first.components == ("main", "contrib")
    assert second.keyring == ""
    assert first.line("sid") == "deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian sid main\n"
    assert second.line("sid") == "deb http://mirror.example/security sid main\n"


def test_one_line_sources_are_read(tmp_path):
    path = tmp_path / "some.list"
    path.write_text(LIST)
    tools, mirror = apt._parse(path)
    assert (tools.keyring, tools.components) == ("/etc/k.gpg", ("stable",))
    assert (mirror.uri, mirror.suites, mirror.components) == (
        "http://mirror.example/debian",
        ("bookworm",),
        ("main", "non-free"),
    )


def test_no_debian_archive_on_another_distribution(monkeypatch):
    monkeypatch.setattr(apt, "os_release", lambda: {"ID": "ubuntu", "ID_LIKE": "debian"})
    assert apt.debian_sources() == []
