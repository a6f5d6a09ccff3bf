"""Mistakes in the options are reported before anything is installed."""

import pytest

from setup.lib import bench, options


def test_stages_run_in_their_order_whatever_the_order_asked_for():
    assert options.parse("test", ["browser", "pure"]).stages == ["pure", "browser"]
    assert options.parse("test", []).stages == list(options.STAGES)
    assert options.parse("test", ["fast"]).stages == list(options.FAST)


@pytest.mark.parametrize(
    ("command", "arguments"),
    [
        ("test", ["no_such_stage"]),
        ("bench", ["no_such_benchmark"]),
        ("bench", ["idle_calls", "--data", "no/such/folder"]),
        ("bench", ["identity", "--data", "no/such/folder"]),
        ("bench", ["identity", "--dedupe"]),
        ("bench", ["commerce", "--part", "no_such_part"]),
        ("bench", ["identity", "--part", "lives"]),
        ("bench", ["commerce", "idle_calls", "--part", "lives"]),
        ("bench", ["--part", "lives"]),
        ("run", ["--data", "no/such/folder"]),
        ("run", ["--accounts", "0"]),
    ],
)
def test_mistakes_end_with_argparse_s_exit_code(command, arguments, capsys):
    with pytest.raises(SystemExit) as error:
        options.parse(command, arguments)
    assert error.value.code == 2
    assert arguments[-1] in capsys.readouterr().err or command == "run"


def test_a_data_folder_must_hold_something_to_load(tmp_path, capsys):
    with pytest.raises(SystemExit):
        options.parse("run", ["--data", str(tmp_path)])
    assert "no .json or .csv" in capsys.readouterr().err
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "Account.JSON").write_text("{}")
    assert options.parse("run", ["--data", str(tmp_path)]).data == [tmp_path.resolve()]


def test_a_benchmark_that_starts_no_server_needs_no_odoo(tmp_path):
    (tmp_path / "records.csv").write_text("record_id")
    parsed = options.parse("bench", ["identity", "--data", str(tmp_path), "--out", "x.csv"])
    assert not options.needs_odoo("bench", parsed)
    assert parsed.out.is_absolute()
    assert options.needs_odoo("bench", options.parse("bench", []))


def test_contacts_follow_accounts():
    assert options.parse("run", ["--accounts", "100"]).contacts == 150


def test_parts_of_a_benchmark_run_alone_in_its_own_order():
    asked = options.parse("bench", ["commerce", "--part", "lives", "--part", "confirm"]).parts
    parts = options.benchmark_parts("commerce")
    assert bench.BenchContext(parts=tuple(asked)).chosen(parts) == ["confirm", "lives"]
    assert bench.BenchContext().chosen(parts) == list(parts)


def test_each_part_of_a_benchmark_has_its_module():
    assert [part for part in options.benchmark_parts("commerce") if not _module(part).is_file()] == []


def _module(part):
    return options.BENCHMARKS / f"commerce_{part}.py"
