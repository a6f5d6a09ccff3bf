from odoo.tests import tagged
from odoo.tools import sql

from ...domain.canonical.kinds import KindError, to_json
from ..commerce_case import OBJECTS, CommerceCase


@tagged("post_install", "-at_install")
class TestDeclaredValues(CommerceCase):
    """What every entity keeps to that sends documents: its values and change sources are those that it declares."""

    entities = ("order", "shipment", "invoice", "payment", "return")
    maxDiff = None

    def setUp(self):
        super().setUp()
        product = self.make_product(taxes=self.make_tax())
        self.order = self.make_order([(product, 3)])
        picking = self.ship(self.order, {product: 2})
        invoice = self.invoice(self.order)
        payment = self.pay(invoice)
        returned = self.return_(picking, {product: 1}, done=True)
        note = self.credit(invoice, {product: 1})
        self.records = {
            "order": self.order,
            "shipment": self.order.picking_ids - returned,
            "invoice": invoice | note,
            "payment": payment,
            "return": returned,
        }

    def each(self):
        return [(self.env["retail.sync.entity"]._of_name(name), self.records[name]) for name in self.entities]

    def test_local_values_are_the_declared_fields_in_their_canonical_form(self):
        for entity, records in self.each():
            fields = entity._spec().fields
            for values in entity._local_values(records, {}, {}).values():
                self.assertEqual(values.keys() - fields.keys(), set())
                for name, value in values.items():
                    spec = fields[name]
                    try:
                        self.assertEqual(to_json(value, spec.kind, spec.options), value, name)
                    except KindError as error:
                        self.fail(f"{name}: {error}")

    def test_every_declared_field_is_read(self):
        """A field that no value was ever read for is one that no code fills."""
        for entity, records in self.each():
            found = entity._local_values(records, {}, {}).values()
            self.assertEqual(set(entity._spec().fields) - set().union(*found), set())

    def test_only_what_is_mapped_is_read(self):
        for entity, records in self.each():
            found = entity._local_values(records, {"fields": {"number", "url"}}, {}).values()
            self.assertEqual(set().union(*found), {"number", "url"})

    def test_watched_columns_exist_and_hold_declared_fields(self):
        for entity, _records in self.each():
            columns = self.env[entity._res_model]._fields
            watched = entity._columns_of(entity._spec().fields) | entity._steering_columns()
            self.assertEqual({name for name in watched if name not in columns or not columns[name].store}, set())
            self.assertEqual(set(entity._columns()) - set(entity._spec().fields), set())

    def test_change_sources_name_what_the_database_has(self):
        for entity, _records in self.each():
            for source in entity._change_sources():
                self.assertEqual(set(source.names) - set(entity._spec().fields) - set(entity._export_words()), set())
                steps = [(source.table, {source.id_column, *source.columns, *(name for name, _ in source.conditions)})]
                steps += [(hop.table, {hop.source, hop.target}) for hop in source.hops]
                for table, columns in steps:
                    there = sql.table_columns(self.env.cr, table)
                    self.assertEqual(columns - there.keys(), set(), table)

    def test_values_do_not_depend_on_who_reads_them(self):
        """A worker of one company sends what another one would."""
        seller = self.make_user("seller_of_none")
        for entity, records in self.each():
            self.assertEqual(
                entity.with_user(seller)._local_values(records.with_user(seller), {}, {}),
                entity._local_values(records, {}, {}),
            )

    def test_objects_of_the_kit_are_known_entities(self):
        self.assertLessEqual(set(self.entities), set(OBJECTS))
