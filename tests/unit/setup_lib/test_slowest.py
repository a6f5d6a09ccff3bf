"""Which tests took longest."""

from setup.lib.slowest import slowest_files, slowest_modules

LOG = """\
2026-11-30 10:00:00,000 7 INFO rs odoo.addons.retail_sync.tests.a.test_a: Starting TestA.test_one ...
2026-11-30 10:00:02,500 7 INFO rs odoo.addons.retail_sync.models.x: a line of the product
2026-11-30 10:00:04,000 7 INFO rs odoo.addons.retail_sync.tests.b.test_b: Starting TestB.test_one ...
2026-11-30 10:00:14,500 7 INFO rs odoo.addons.retail_sync.tests.a.test_a: Starting TestA.test_two ...
2026-11-30 10:00:17,500 7 INFO rs odoo.service.server: 3 post-tests in 17.50s, 90 queries
2026-11-30 10:05:17,500 7 INFO rs odoo.service.server: Hit CTRL-C again
"""


def test_files_of_odoo_are_counted_from_test_to_test():
    assert slowest_files(LOG) == [
        ("retail_sync.tests.b.test_b", 10),
        ("retail_sync.tests.a.test_a", 7),
    ]


def test_a_log_without_tests_has_no_files():
    assert slowest_files("") == []


def test_modules_of_pytest_are_summed_up(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite><testcase classname="a" name="x" time="1.5"/><testcase classname="b" name="y" '
        'time="2.0"/><testcase classname="a" name="z" time="2.5"/></testsuite></testsuites>'
    )
    assert slowest_modules(report) == [("a", 4), ("b", 2)]
