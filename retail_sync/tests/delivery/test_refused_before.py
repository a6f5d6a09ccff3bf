from odoo.tests import tagged

from ...models.reconcile import pipeline
from ..fake_platform import FIRM
from ..outbound_case import OutboundCase


@tagged("post_install", "-at_install")
class TestRefusedBefore(OutboundCase):
    """Records that the integration user may not change are known before a delivery: they cost the others nothing."""

    def firms_elsewhere(self, count, elsewhere):
        """Return customers of firms; the first ones are in a company that the integration user may not enter."""
        partners = [self.linked_firm(f"F{number}") for number in range(count)]
        company = self.env["res.company"].create({"name": "Elsewhere"})
        for partner in partners[:elsewhere]:
            partner.company_id = company
        self.made_before()
        self.send()
        self.outbox().sudo().unlink()
        self.platform.calls.clear()
        self.platform.writes.clear()
        return partners

    def change(self, partners, phone="+390432222222"):
        for partner in partners:
            partner.phone = phone

    def brakes(self):
        return self.env["retail.sync.message"].search([("kind", "=", "brake"), ("state", "=", "open")])

    def test_a_refused_record_waits_for_people_and_is_not_tried_again_by_itself(self):
        """It waited as pending, and was read and compared every five minutes for ever."""
        partners = self.firms_elsewhere(3, 1)
        self.change(partners)
        self.send()
        message = self.outbox("open")
        self.assertEqual(
            (message.res_id, message.fault_code, message.next_try_at), (partners[0].id, "ODOO_ACCESS", False)
        )
        self.assertEqual(message.rule_id.fault_class, "contract")
        self.assertFalse(self.outbox("pending", "sending"))
        self.assertEqual(
            [self.remote(f"F{number}").get("phone") for number in range(3)], [None, *["+390432222222"] * 2]
        )

    def test_refused_records_are_neither_read_nor_compared_with_the_others(self):
        """Two records of a hundred made a bulk delivery five times slower."""
        partners = self.firms_elsewhere(6, 2)
        pages = []
        take_in = pipeline.take_in

        def counted(env, stream, rows, *args, **options):
            pages.append(sorted(stream._adapter().row_key(stream, row)[0] for row in rows))
            return take_in(env, stream, rows, *args, **options)

        self.patch(pipeline, "take_in", counted)
        self.change(partners)
        self.send()
        self.assertEqual(pages, [["F2", "F3", "F4", "F5"]])

    def test_many_refused_records_are_one_exception_that_stops_no_other(self):
        self.env["ir.config_parameter"].set_param("retail_sync.refusal_limit", 3)
        partners = self.firms_elsewhere(20, 4)
        self.change(partners)
        self.send()
        [brake] = self.brakes()
        self.assertEqual((brake.refusal_count, brake.fault_code), (4, "ODOO_ACCESS"))
        self.assertEqual(brake.rule_id, self.env.ref("retail_sync.fault_rule_odoo_access"))
        self.assertEqual(len(self.outbox("parked")), 4)
        self.assertTrue(self.firms._delivers("bulk"))
        for partner in partners[:4]:
            partner.company_id = False
        brake.action_retry()
        self.run_jobs()
        self.assertFalse(self.outbox("open", "parked", "pending"))
        self.assertEqual(self.remote("F0")["phone"], "+390432222222")

    def test_a_record_that_cannot_be_reconciled_becomes_an_exception_and_goes_when_it_can(self):
        """A delivery waited without end for a record over which Odoo failed."""
        partner = self.linked_firm()
        self.change([partner])
        self.remote("F1")["no_mail"] = "perhaps"
        for attempt in range(1, 6):
            self.send()
            message = self.outbox("pending", "open")
            self.assertEqual(message.state, "open" if attempt == 5 else "pending", attempt)
            message.sudo().next_try_at = False
        self.assertTrue(message.fault_code and message.rule_id)
        self.assertIn("could not be reconciled", message.fault_message)
        self.firm("F1", no_mail="yes")
        self.take(FIRM)
        self.run_jobs()
        self.assertEqual(message.state, "done")
        self.assertEqual(self.remote("F1")["phone"], "+390432222222")
