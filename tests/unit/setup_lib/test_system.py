"""Steps that are done are not done again, and are when what they depend on changed."""

import pytest

from setup.lib import paths, system


def test_digest_sees_content_names_and_folders(tmp_path):
    (tmp_path / "a").write_text("1")
    before = system.digest(["x", tmp_path])
    assert before == system.digest(["x", tmp_path])
    (tmp_path / "a").write_text("2")
    changed = system.digest(["x", tmp_path])
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({before, changed, system.digest(["x", tmp_path]), system.digest(["y", tmp_path])}) == 4


def test_a_stamp_holds_for_its_inputs_only(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "STAMPS", tmp_path / "stamps")
    assert not system.is_stamped("step", "one")
    system.stamp("step", "one")
    assert system.is_stamped("step", "one")
    assert not system.is_stamped("step", "two")


def test_a_lock_is_exclusive(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOCAL", tmp_path)
    with system.lock("x"), pytest.raises(system.SetupError, match="another command"):
        with system.lock("x", timeout=0):
            raise AssertionError("two held the same lock")
    with system.lock("x", timeout=0):
        pass


def test_a_failed_command_tells_the_end_of_its_output():
    with pytest.raises(system.SetupError, match="exit code 3(.|\n)*the reason"):
        system.run(["sh", "-c", "echo the reason; exit 3"])
    with pytest.raises(system.SetupError, match="not found"):
        system.run(["no-such-program-anywhere"])


def test_a_secret_file_is_never_readable_by_others(tmp_path):
    path = tmp_path / "conf"
    system.write_atomic(path, "password", mode=0o600)
    assert path.read_text() == "password"
    assert path.stat().st_mode & 0o077 == 0


def test_a_taken_port_is_not_given():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not system.port_is_free(port)
        assert system.free_port(port) != port


def test_the_process_that_holds_a_connection_is_found_by_its_port():
    import os
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as ours:
        port = ours.getsockname()[1]
        assert system.owners_of_ports([port], [os.getpid(), os.getppid()]) == {os.getpid()}
    assert system.owners_of_ports([port], [os.getpid()]) == set()
    assert system.owners_of_ports([], [os.getpid(), 2**22 + 1]) == set()
