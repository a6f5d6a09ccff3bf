from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ...models.product import jobs as product_jobs
from ...models.product import stale
from ..commerce_case import CommerceCase


class StockCase(CommerceCase):
    """A shop whose products and stock go to a platform."""

    entities = ("product", "stock")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls.env["stock.warehouse"].create({"name": "Bergamo", "code": "BG"})
        cls.streams["stock"].window_seconds = 0

    def flagged(self, sku="SKU-1", **values):
        return self.make_product(sku, **{"stock": None, "stock_published": True, **values})

    def level(self, product, warehouse=None):
        domain = [("product_id", "=", product.id), ("warehouse_id", "=", (warehouse or self.warehouse).id)]
        return self.env["retail.sync.stock.level"].with_context(active_test=False).search(domain)

    def deliver(self):
        """Route, compute, route what has changed, and send: causes take two rounds."""
        for _round in range(3):
            self.send()
        # A test is one transaction, and what is created in it is news as a whole.
        for table in ("retail_sync_stock_level", "product_product", "product_template"):
            self.env.cr.execute(f"UPDATE {table} SET create_date = create_date - interval '1 day'")
        self.env.invalidate_all()

    def assert_as_odoo(self, product):
        """Assert that the stored level of a product equals what Odoo shows, in both warehouses."""
        for warehouse in self.warehouse | self.second:
            level = self.level(product, warehouse)
            shown = product.with_context(warehouse_id=warehouse.id)
            shown.invalidate_recordset()
            self.assertEqual(
                (level.free, level.on_hand, level.incoming, level.forecast),
                (shown.free_qty, shown.qty_available, shown.incoming_qty, shown.virtual_available),
                warehouse.name,
            )

    def quantities(self, product, warehouse=None):
        row = self.row_of(self.level(product, warehouse))
        return {name: float(row[name]["quantity"]) for name in ("free", "on_hand", "incoming", "forecast")}


@tagged("post_install", "-at_install")
class TestStockLevels(StockCase):
    """The published stock is what Odoo shows, and follows each change."""

    def test_flagged_product_is_published_in_each_warehouse(self):
        product = self.flagged()
        self.put_in_stock(product, 10)
        self.deliver()
        self.assertEqual(self.quantities(product), {"free": 10, "on_hand": 10, "incoming": 0, "forecast": 10})
        self.assertEqual(self.quantities(product, self.second)["free"], 0)
        row = self.row_of(self.level(product))
        self.assertEqual((row["sku"], row["warehouse"], row["active"]), ("SKU-1", self.warehouse.name, True))
        self.assertEqual(row["product"], f"Product/{self.link_of(product).external_id}")

    def test_product_that_is_not_flagged_leaves_no_trace(self):
        product = self.make_product(stock=None)
        self.deliver()
        self.env.cr.execute("DELETE FROM retail_sync_change")
        self.put_in_stock(product, 5)
        order = self.make_order([(product, 2)])
        self.ship(order)
        self.assertFalse([change for change in self.changes() if change[0] == "retail.sync.stale"])
        self.assertFalse(self.level(product))

    def test_levels_equal_what_odoo_shows_through_orders_receipts_and_transfers(self):
        product = self.flagged()
        self.put_in_stock(product, 10)
        self.deliver()
        self.assert_as_odoo(product)
        order = self.make_order([(product, 3)])
        self.deliver()
        self.assert_as_odoo(product)
        self.assertEqual(self.quantities(product)["free"], 7)
        self.make_order([(product, 20)])
        self.deliver()
        self.assert_as_odoo(product)
        self.assertEqual(self.quantities(product)["forecast"], -13)
        self.ship(order)
        self.deliver()
        self.assert_as_odoo(product)
        self.receive(product, 4, self.warehouse)
        self.deliver()
        self.assert_as_odoo(product)
        self.assertEqual(self.quantities(product)["incoming"], 4)
        self.move(product, 2, self.warehouse, self.second)
        self.deliver()
        self.assert_as_odoo(product)
        order.action_cancel()
        self.deliver()
        self.assert_as_odoo(product)

    def receive(self, product, quantity, warehouse):
        return self._picking(
            product,
            quantity,
            warehouse.in_type_id,
            self.env.ref("stock.stock_location_suppliers"),
            warehouse.lot_stock_id,
        )

    def move(self, product, quantity, source, target):
        return self._picking(product, quantity, source.int_type_id, source.lot_stock_id, target.lot_stock_id)

    def _picking(self, product, quantity, kind, source, target):
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        return picking

    def test_unit_and_fraction_are_those_of_the_product(self):
        product = self.flagged(uom_id=self.env.ref("uom.product_uom_kgm").id)
        self.put_in_stock(product, 0.1)
        self.put_in_stock(product, 0.2)
        self.deliver()
        self.assertEqual(self.quantities(product)["on_hand"], 0.3)
        self.assert_as_odoo(product)

    def test_only_what_changed_is_sent_and_only_in_that_warehouse(self):
        product = self.flagged()
        self.put_in_stock(product, 10)
        self.deliver()
        self.forget_writes()
        self.put_in_stock(product, 5)
        self.deliver()
        [(external_id, sent)] = self.platform.writes
        self.assertEqual(external_id, self.link_of(self.level(product)).external_id)
        self.assertLessEqual(sent.keys(), {"free", "on_hand", "forecast", "as_of"})
        self.forget_writes()
        stale.add(self.env, {(stale.STOCK_ALL, 0)})
        self.deliver()
        self.assertFalse(self.platform.writes)

    def test_flag_taken_away_ends_the_publication_and_comes_back(self):
        product = self.flagged()
        self.put_in_stock(product, 10)
        self.deliver()
        product.stock_published = False
        self.deliver()
        self.assertFalse(self.row_of(self.level(product))["active"])
        self.put_in_stock(product, 5)
        self.deliver()
        self.assertEqual(self.quantities(product)["free"], 10)
        product.stock_published = True
        self.deliver()
        self.assertTrue(self.row_of(self.level(product))["active"])
        self.assertEqual(self.quantities(product)["free"], 15)

    def test_archived_and_deleted_products_end_too(self):
        product = self.flagged()
        other = self.flagged("SKU-2")
        self.deliver()
        links = {self.link_of(self.level(record)).external_id for record in (product, other)}
        product.active = False
        other.unlink()
        self.deliver()
        rows = self.platform.rows["Stock"]
        self.assertEqual({rows[external_id]["active"] for external_id in links}, {False})

    def test_new_variant_of_a_flagged_product_is_published(self):
        attribute = self.env["product.attribute"].create(
            {"name": "Size", "value_ids": [Command.create({"name": "S"}), Command.create({"name": "M"})]}
        )
        template = self.env["product.template"].create(
            {
                "name": "Shirt",
                "is_storable": True,
                "stock_published": True,
                "attribute_line_ids": [
                    Command.create(
                        {"attribute_id": attribute.id, "value_ids": [Command.set(attribute.value_ids[:1].ids)]}
                    )
                ],
            }
        )
        self.deliver()
        template.attribute_line_ids.value_ids = attribute.value_ids
        self.deliver()
        self.assertEqual(len(template.product_variant_ids), 2)
        for variant in template.product_variant_ids:
            self.assertTrue(self.level(variant).active)

    def test_stream_publishes_the_chosen_warehouses_only(self):
        product = self.flagged()
        self.deliver()
        first, second = self.level(product), self.level(product, self.second)
        self.streams["stock"].stock_warehouse_ids = self.second
        self.deliver()
        self.assertFalse(self.row_of(first)["active"])
        self.assertTrue(self.row_of(second)["active"])
        self.streams["stock"].stock_warehouse_ids = False
        self.deliver()
        self.assertTrue(self.row_of(first)["active"])

    def test_renamed_warehouse_and_changed_sku_follow(self):
        product = self.flagged()
        self.deliver()
        self.second.name = "Bergamo Est"
        product.default_code = "SKU-9"
        self.deliver()
        row = self.row_of(self.level(product, self.second))
        self.assertEqual((row["warehouse"], row["sku"]), ("Bergamo Est", "SKU-9"))

    def test_stock_waits_for_its_product(self):
        product = self.flagged(False)
        self.deliver()
        self.assertFalse(self.link_of(self.level(product)))
        product.default_code = "SKU-1"
        self.deliver()
        self.assertTrue(self.row_of(self.level(product)))

    def test_stock_of_a_kit_is_that_of_its_components(self):
        parts = [self.make_product(f"PART-{number}", stock=None) for number in (1, 2)]
        kit = self.flagged("KIT", is_storable=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": number + 1})
                    for number, part in enumerate(parts)
                ],
            }
        )
        self.put_in_stock(parts[0], 7)
        self.put_in_stock(parts[1], 6)
        self.deliver()
        self.assertEqual(self.quantities(kit)["free"], 3)
        self.put_in_stock(parts[1], 6)
        self.deliver()
        self.assertEqual(self.quantities(kit)["free"], 6)
        self.assert_as_odoo(kit)
        self.assertFalse(self.level(parts[0]))

    def test_streams_of_stock_gather_changes_and_go_before_the_catalogue(self):
        stream = self.make_stream("stock", remote_object="Other stock")
        products = self.make_stream("product", remote_object="Other products")
        self.assertEqual((stream.window_seconds, stream.precedence), (2, "first"))
        self.assertEqual((products.window_seconds, products.precedence), (0, "last"))

    def test_flash_sale_sends_each_product_once_per_window_with_the_last_quantity(self):
        """The sales of a moment, each in its own order, become one message per product that waits for the window."""
        self.streams["stock"].window_seconds = 2
        products = self.env["product.product"].concat(*(self.flagged(f"SKU-{number}") for number in range(5)))
        for product in products:
            self.put_in_stock(product, 100)
        self.deliver_at_once()
        self.forget_writes()
        for _round in range(4):
            for product in products:
                self.make_order([(product, 1)])
            self.deliver()
        self.assertFalse(self.written("stock"), "nothing goes before the window ends")
        waiting = self.outbox("pending").filtered(lambda message: message.res_model == "retail.sync.stock.level")
        self.assertEqual(len(waiting), len(products))
        self.deliver_at_once()
        self.assertEqual([len(sent) for sent in self.written("stock").values()], [1] * 5)
        for product in products:
            self.assertEqual(self.quantities(product)["free"], 96)

    def deliver_at_once(self):
        """Deliver, and what waits for a window too."""
        self.deliver()
        self.env.flush_all()
        self.env.cr.execute("UPDATE retail_sync_message SET next_try_at = NULL WHERE state = 'pending'")
        self.env.invalidate_all()
        self.deliver()

    def test_product_over_which_odoo_fails_stops_no_other(self):
        good, bad = self.flagged("SKU-1"), self.flagged("SKU-2")
        self.deliver()
        self.put_in_stock(good, 3)
        self.put_in_stock(bad, 3)
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM retail_sync_stale")
        refresh = product_jobs.stock_levels.refresh

        def failing(env, product_ids, warehouses):
            if bad.id in product_ids:
                raise ValueError("broken")
            return refresh(env, product_ids, warehouses)

        with patch.object(product_jobs.stock_levels, "refresh", failing), self.assertLogs(level="ERROR"):
            self.deliver()
        self.assertEqual(self.quantities(good)["free"], 3)
        [message] = self.env["retail.sync.message"].search([("fault_code", "=", "COMPUTE_FAILED")])
        self.assertEqual(message.res_id, bad.id)
