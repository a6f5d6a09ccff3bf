from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.outbox.change_source import ChangeSource, record_trigger_name
from ..outbound_case import OutboundCase

TAX_LINES = "account_tax_sale_order_line_rel"


@tagged("post_install", "-at_install")
class TestChangeSource(OutboundCase):
    """Rows of other tables concern a record: through columns, hops and conditions, several sources a column."""

    def setUp(self):
        super().setUp()
        self.buyer, self.other = self.env["res.partner"].create([{"name": "Buyer"}, {"name": "Other"}])
        product = self.env["product.product"].create({"name": "Thing"})
        self.orders = self.env["sale.order"].create(
            [
                {"partner_id": partner.id, "order_line": [Command.create({"product_id": product.id})]}
                for partner in (self.buyer, self.other)
            ]
        )
        self.env.flush_all()

    def declare(self, *sources):
        """Let the entity of both streams have these sources besides its own."""
        entity = self.registry["retail.sync.entity.customer"]
        before = entity._change_sources
        self.patch(entity, "_change_sources", lambda model: [*before(model), *sources])
        self.env["retail.sync.capture"]._refresh()
        self.clear()

    def clear(self):
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_change")

    def reported(self, model="sale.order"):
        """Return {record id: names} of what sources reported on records of a model since the last call."""
        found = {}
        for changed, res_id, op, names, _origin in self.changes():
            if op == "C" and changed == model:
                found.setdefault(res_id, set()).update(names.split(","))
        self.clear()
        return found

    def test_two_sources_on_one_column_live_together(self):
        self.declare(
            ChangeSource("sale_order", "partner_id", ("client_order_ref",), "res.partner", ("name",)),
            ChangeSource("sale_order", "partner_id", ("note",), "res.partner", ("phone",)),
        )
        self.orders[0].client_order_ref = "A"
        self.assertEqual(self.reported("res.partner"), {self.buyer.id: {"name"}})
        self.orders[0].note = "B"
        self.assertEqual(self.reported("res.partner"), {self.buyer.id: {"phone"}})

    def test_row_moved_between_records_concerns_both(self):
        self.declare(ChangeSource("sale_order", "partner_id", ("client_order_ref",), "res.partner", ("name",)))
        self.orders[0].partner_id = self.other
        found = self.reported("res.partner")
        self.assertEqual(set(found), {self.buyer.id, self.other.id})
        self.assertIn("name", found[self.buyer.id] & found[self.other.id])

    def test_hop_leads_to_the_record(self):
        self.declare(
            ChangeSource(
                "sale_order_line",
                "order_id",
                ("product_uom_qty",),
                "res.partner",
                ("name",),
                hops=(("sale_order", "id", "partner_id"),),
            )
        )
        line = self.orders[0].order_line
        line.product_uom_qty = 7
        self.assertEqual(self.reported("res.partner"), {self.buyer.id: {"name"}})
        line.name = "Another text"
        self.assertEqual(self.reported("res.partner"), {})
        line.unlink()
        self.assertEqual(self.reported("res.partner"), {self.buyer.id: {"name"}})

    def test_hop_leads_to_many_records(self):
        """What is renamed concerns all who refer to it."""
        self.declare(
            ChangeSource(
                "product_product",
                "id",
                ("default_code",),
                "sale.order",
                ("name",),
                hops=(("sale_order_line", "product_id", "order_id"),),
            )
        )
        self.orders.order_line.product_id.default_code = "SKU"
        self.assertEqual(self.reported(), dict.fromkeys(self.orders.ids, {"name"}))

    def test_relation_table_without_id_leads_through_the_line_to_the_order(self):
        self.declare(
            ChangeSource(
                TAX_LINES,
                "sale_order_line_id",
                ("account_tax_id",),
                "sale.order",
                ("name",),
                hops=(("sale_order_line", "id", "order_id"),),
            )
        )
        tax = self.env["account.tax"].create({"name": "Source", "amount": 3})
        self.orders[1].order_line.tax_ids = [Command.link(tax.id)]
        self.assertEqual(self.reported(), {self.orders[1].id: {"name"}})
        self.orders[1].order_line.tax_ids = [Command.unlink(tax.id)]
        self.assertEqual(self.reported(), {self.orders[1].id: {"name"}})

    def test_condition_says_which_rows_count(self):
        self.declare(
            ChangeSource(
                "ir_attachment", "res_id", ("name",), "sale.order", ("name",), conditions={"res_model": ("sale.order",)}
            )
        )
        Attachment = self.env["ir.attachment"]
        ours = Attachment.create({"name": "A", "res_model": "sale.order", "res_id": self.orders[0].id})
        Attachment.create({"name": "B", "res_model": "res.partner", "res_id": self.orders[1].id})
        Attachment.create({"name": "C"})
        self.assertEqual(self.reported(), {self.orders[0].id: {"name"}})
        ours.write({"res_model": "res.partner", "res_id": self.buyer.id})
        self.assertEqual(self.reported(), {self.orders[0].id: {"name"}}, "a row that ceases to count")

    def test_condition_on_a_set_of_states(self):
        self.declare(
            ChangeSource(
                "sale_order",
                "partner_id",
                ("client_order_ref",),
                "res.partner",
                ("name",),
                conditions={"state": ("sale", "cancel")},
            )
        )
        self.orders[0].client_order_ref = "draft"
        self.assertEqual(self.reported("res.partner"), {})
        self.orders[0].action_confirm()
        self.assertIn("name", self.reported("res.partner")[self.buyer.id])
        self.orders[0].client_order_ref = "confirmed"
        self.assertEqual(self.reported("res.partner"), {self.buyer.id: {"name"}})

    def test_column_dropped_by_an_upgrade_breaks_no_write(self):
        self.declare(
            ChangeSource(
                "sale_order_line",
                "order_id",
                ("product_uom_qty",),
                "sale.order",
                ("name",),
                hops=(("sale_order", "id", "gone_column"),),
            ),
            ChangeSource("sale_order_line", "gone_id", ("product_uom_qty",), "sale.order", ("phone",)),
            ChangeSource("sale_order_line", "order_id", ("product_uom_qty", "gone"), "sale.order", ("email",)),
        )
        self.orders[0].order_line.product_uom_qty = 3
        self.assertEqual(self.reported(), {self.orders[0].id: {"email"}})

    def test_table_that_is_not_there_is_left_out(self):
        with self.assertLogs("odoo.addons.retail_sync.models.outbox.capture", "WARNING") as logs:
            self.declare(ChangeSource("rma_line_of_no_addon", "order_id", ("state",), "sale.order", ("name",)))
        self.assertIn("rma_line_of_no_addon", logs.output[0])
        tables = {trigger.table for trigger in self.env["retail.sync.capture"]._standing().values()}
        self.assertIn("res_partner", tables)
        self.assertNotIn("rma_line_of_no_addon", tables)

    def test_records_without_creation_date_are_seen(self):
        self.env.cr.execute("CREATE TABLE retail_sync_plain (id int PRIMARY KEY, name text)")
        self.env.cr.execute(
            "CREATE TRIGGER retail_sync_capture_plain AFTER INSERT OR UPDATE OR DELETE ON retail_sync_plain"
            " FOR EACH ROW EXECUTE FUNCTION retail_sync_capture_v4('plain', 'id', 'N', '', '', '', '0', 'name')"
        )
        self.clear()
        self.env.cr.execute("INSERT INTO retail_sync_plain VALUES (1, 'a')")
        self.env.cr.execute("UPDATE retail_sync_plain SET name = 'b'")
        self.env.cr.execute("DELETE FROM retail_sync_plain")
        self.assertEqual(
            [(op, names) for model, _id, op, names, _origin in self.changes() if model == "plain"],
            [("I", ""), ("U", "name"), ("D", "")],
        )

    def test_sources_without_hops_ask_no_table(self):
        """What a user saves must not become slower with the number of sources: only hops may read."""
        self.declare(
            ChangeSource(
                "ir_attachment", "res_id", ("name",), "sale.order", ("name",), conditions={"res_model": ("sale.order",)}
            )
        )
        self.env.cr.execute("SELECT prosrc FROM pg_proc WHERE proname = 'retail_sync_capture_v4'")
        body = self.env.cr.fetchone()[0]
        # What the hops have found is inserted in one statement.
        self.assertNotIn("SELECT", body.replace("FROM unnest(ids) AS id", "").replace("SELECT TG_ARGV[0], id", ""))
        self.assertNotIn("EXECUTE", body)

    def test_names_of_triggers_are_distinct_short_and_lasting(self):
        long = "a_table_whose_name_is_as_long_as_postgresql_will_have_it_at_all"
        sources = [
            ChangeSource(long, "partner_id", ("a",), "res.partner", ("name",)),
            ChangeSource(long, "partner_id", ("b",), "res.partner", ("name",)),
            ChangeSource(long, "partner_id", ("b",), "res.partner", ("name",), conditions={"state": ("sale",)}),
            ChangeSource(long, "partner_id", ("b",), "res.partner", ("name",), hops=(("t", "id", "x"),)),
        ]
        names = [source.trigger_name() for source in sources]
        self.assertEqual(len(set(names)), 4)
        self.assertLessEqual(max(map(len, [*names, record_trigger_name(long)])), 63)
        self.assertEqual(
            ChangeSource("t", "id", ("a", "b"), "m", ("x",), conditions={"c": ("2", "1")}).trigger_name(),
            ChangeSource("t", "id", ("b", "a"), "m", ("x",), conditions={"c": ("1", "2")}).trigger_name(),
        )

    def test_export_word_makes_a_record_exportable(self):
        self.connection.stream_ids.export_policy = "order"
        with patch.object(
            type(self.env["retail.sync.entity.customer"]), "_exportable", autospec=True, return_value=[]
        ) as exportable:
            self.orders[0].action_confirm()
            self.route()
        self.assertIn(self.buyer.id, [res_id for call in exportable.call_args_list for res_id in call.args[3]])
