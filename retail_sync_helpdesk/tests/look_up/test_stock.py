from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .look_up_case import LookUpCase


@tagged("post_install", "-at_install")
class TestStockLookUp(LookUpCase):
    """What is free, what comes when, and what else would do."""

    def look_at(self, *skus, alternatives=False, **values):
        return self.look_ups(**values).stock(skus, alternatives).items

    def of_warehouse(self, item):
        return next(row for row in item.warehouses if row.warehouse_id == self.warehouse.id)

    def test_free_and_incoming(self):
        product = self.make_product("A-1", stock=10)
        self.make_order([(product, 4)])
        due = fields.Datetime.now() + timedelta(days=3)
        self.receive(product, 7, due)
        self.receive(product, 1, due + timedelta(days=2))
        item, missing = self.look_at("A-1", "NO-SUCH")
        self.assertEqual((item.product_id, item.kept), (product.id, True))
        row = self.of_warehouse(item)
        self.assertEqual((row.free, row.incoming, row.expected_on), ("6", "8", due.date()))
        self.assertIsNone(missing.product_id)
        self.assertEqual(missing.sku, "NO-SUCH")

    def receive(self, product, quantity, at):
        supplier = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "product_uom": product.uom_id.id,
                "location_id": supplier.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "date": at,
            }
        )
        move = move._action_confirm(merge=False)
        move.date = at

    def test_a_service_is_not_kept(self):
        self.make_product("SRV", type="service")
        [item] = self.look_at("SRV")
        self.assertEqual((item.kept, item.warehouses), (False, ()))

    def test_a_kit_is_as_many_as_its_components_make(self):
        part = self.make_product("PART", stock=9)
        kit = self.make_product("KIT", stock=0)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [Command.create({"product_id": part.id, "product_qty": 2})],
            }
        )
        [item] = self.look_at("KIT")
        self.assertEqual(self.of_warehouse(item).free, "4")

    def test_warehouses_of_the_callers_companies_alone(self):
        company = self.other_company()
        self.make_product("A-1", stock=3)
        names = {row.warehouse_id for row in self.look_at("A-1")[0].warehouses}
        foreign = self.env["stock.warehouse"].search([("company_id", "=", company.id)])
        self.assertTrue(foreign)
        self.assertFalse(names & set(foreign.ids))
        self.assertEqual(
            {row.warehouse_id for row in self.look_at("A-1", companies=frozenset(company.ids))[0].warehouses},
            set(foreign.ids),
        )
        self.make_product("B-1", company_id=company.id, stock=0)
        self.assertIsNone(self.look_at("B-1")[0].product_id, "a product of another company is out of reach")

    def test_alternatives_are_in_stock_the_nearest_first(self):
        category = self.env["product.category"].create({"name": "Lamps"})
        successor = self.make_product("NEW", stock=2, categ_id=category.id)
        self.make_product("SIBLING", price=21.0, stock=5, categ_id=category.id)
        self.make_product("EMPTY", stock=0, categ_id=category.id)
        self.make_product("ELSEWHERE", stock=5)
        product = self.make_product("OLD", stock=0, categ_id=category.id, successor_id=successor.id)
        [item] = self.look_at("OLD", alternatives=True)
        self.assertEqual(
            [(other.sku, other.why, other.free) for other in item.alternatives],
            [("NEW", "successor", "2"), ("SIBLING", "same_category", "5")],
        )
        self.assertFalse(self.look_at("OLD")[0].alternatives)
        self.assertEqual(item.product_id, product.id)

    def test_queries_do_not_grow_with_products(self):
        for number in range(12):
            self.make_product(f"Q-{number}", stock=1)
        single = self.queries_of(lambda looks: looks.stock(["Q-0"], True))
        many = self.queries_of(lambda looks: looks.stock([f"Q-{number}" for number in range(12)], True))
        self.assertEqual(len(single), len(many))
        self.assertLessEqual(len(many), 12)
