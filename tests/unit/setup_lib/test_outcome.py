"""A check that could not run, or that found nothing to run, must never look like one that passed."""

from setup.lib.outcome import Outcome, from_junit, from_odoo

LINE = (
    "2026-01-01 00:00:00,000 1 INFO db odoo.tests.result: {} failed, {} error(s) of {} tests when loading database 'db'"
)


def junit(tmp_path, *cases):
    path = tmp_path / "report.xml"
    body = "".join(f'<testcase classname="m" name="n{i}">{case}</testcase>' for i, case in enumerate(cases))
    path.write_text(f"<testsuites><testsuite>{body}</testsuite></testsuites>")
    return path


def test_odoo_counts_are_summed_over_all_loadings():
    outcome = from_odoo("\n".join([LINE.format(0, 0, 10), LINE.format(1, 2, 5)]), 1)
    assert (outcome.passed, outcome.failed) == (12, 3)


def test_odoo_that_ran_no_test_has_failed():
    for log in ("", LINE.format(0, 0, 0)):
        outcome = from_odoo(log, 0)
        assert (outcome.passed, outcome.failed) == (0, 1)
        assert "ran no test" in outcome.problems[0]


def test_odoo_exit_code_counts_although_all_tests_passed():
    outcome = from_odoo(LINE.format(0, 0, 3), 255)
    assert (outcome.passed, outcome.failed) == (3, 1)


def test_odoo_failures_are_named():
    log = "2026-01-01 00:00:00,000 1 ERROR db odoo.addons.x: FAIL: TestFlow.test_watermark\n" + LINE.format(1, 0, 2)
    assert from_odoo(log, 1).problems == ["TestFlow.test_watermark"]


def test_pytest_skips_count_as_failures(tmp_path):
    outcome = from_junit(junit(tmp_path, "", "<skipped/>", "<failure/>", "<error/>"), 1)
    assert (outcome.passed, outcome.failed) == (1, 3)
    assert outcome.problems == ["m::n1: skipped", "m::n2: failure", "m::n3: error"]


def test_pytest_without_report_or_without_tests_has_failed(tmp_path):
    assert from_junit(tmp_path / "none.xml", 4).failed == 1
    assert from_junit(junit(tmp_path), 5).failed == 1


def test_pytest_exit_code_counts_although_all_cases_passed(tmp_path):
    assert from_junit(junit(tmp_path, ""), 3).failed == 1


def test_outcomes_add_up():
    total, part = Outcome(passed=1), Outcome()
    part.check("a")
    part.check("b", "wrong")
    total.add(part)
    assert (total.passed, total.failed, total.problems) == (2, 1, ["b: wrong"])
