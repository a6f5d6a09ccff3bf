from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ...runtime import retention
from .test_comparison import ComparisonCase


@tagged("post_install", "-at_install")
class TestRetention(ComparisonCase):
    """Comparisons, solved differences and times off do not grow without end."""

    def found(self, external_id, phone):
        self.by_sql(external_id, phone=phone)
        comparison = self.compare()
        return comparison, self.difference(external_id)

    def age(self, records, column, days):
        self.env.flush_all()
        moment = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        self.env.cr.execute(f"UPDATE {records._table} SET {column} = %s WHERE id = ANY(%s)", [moment, records.ids])
        self.env.invalidate_all()

    def test_comparisons_and_differences(self):
        self.firms_in_sync(2)
        first, unsolved = self.found("F000", "+390432999001")
        second, solved = self.found("F001", "+390432999002")
        self.assertTrue(unsolved and solved)
        solved.state = "ignored"
        kept = unsolved.comparison_id
        self.age(first | second, "ended_at", 89)
        self.env["retail.sync.difference"]._gc_differences()
        self.env["retail.sync.comparison"]._gc_comparisons()
        self.assertEqual(((first | second).exists(), solved.exists()), (first | second, solved))
        self.age(first | second, "ended_at", 91)
        self.assertEqual(self.env["retail.sync.difference"]._gc_differences(), (1, 0))
        self.env["retail.sync.comparison"]._gc_comparisons()
        self.assertEqual(((first | second).exists(), (solved | unsolved).exists()), (kept, unsolved))

    def test_times_off(self):
        periods = self.env["retail.sync.off.period"].create([{"stream_id": self.firms.id}] * 4)
        periods[1:].until = fields.Datetime.now()
        self.age(periods, "since", 1000)
        self.age(periods[2:], "until", 91)
        with patch.object(retention, "BATCH", 1):
            answers = [periods._gc_off_periods() for _batch in range(2)]
        self.assertEqual(answers, [(1, 1), (1, 0)])
        self.assertEqual(periods.exists(), periods[:2], "what is still off is kept, and what ended lately")
