"""Tests of the engine with other entities than customers."""

from odoo import Command

from ...domain.canonical import registry
from ..added_models import add_models
from ..engine_case import EngineCase
from ..fake_mapping import field_mapping
from .declarations import (
    DOCUMENT,
    DOCUMENT_LINES,
    DOCUMENT_OBJECT,
    PRODUCT,
    PRODUCT_LINES,
    PRODUCT_OBJECT,
    DocumentEntity,
    ProductEntity,
)


class EntityCase(EngineCase):
    """An engine that knows products and documents besides customers, with a stream of each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._register_entities()
        # The integration user writes the records of an entity with its own rights.
        sales = cls.env.ref("sales_team.group_sale_salesman_all_leads") | cls.env.ref("sales_team.group_sale_manager")
        cls.connection.user_id.group_ids |= sales | cls.env.ref("product.group_product_manager")
        cls.product_stream = cls.make_stream("article", PRODUCT_OBJECT, PRODUCT_LINES, 5)
        cls.document_stream = cls.make_stream("document", DOCUMENT_OBJECT, DOCUMENT_LINES, 30)

    def setUp(self):
        super().setUp()
        for name in (PRODUCT_OBJECT, DOCUMENT_OBJECT):
            self.platform.rows[name] = {}
            self.platform.deleted[name] = []
            self.seen[name] = 0

    @classmethod
    def _register_entities(cls):
        """Declare the entities and add their models to the registry, for this class."""
        known = registry.registered(PRODUCT, DOCUMENT)
        known.__enter__()
        cls.addClassCleanup(known.__exit__, None, None, None)
        add_models(cls, "retail.sync.entity", ProductEntity, DocumentEntity)

    @classmethod
    def make_stream(cls, entity, remote_object, lines, sequence, **values):
        stream = cls.env["retail.sync.stream"].create(
            {
                "name": remote_object,
                "connection_id": cls.connection.id,
                "entity": entity,
                "remote_object": remote_object,
                "sequence": sequence,
                "direction": "both",
                "state": "live",
                "cursor": {"since": "0", "modstamp": "0"},
                "deleted_until": "0",
                "map_ids": [
                    Command.create({"direction": "both", **line, "sequence": number})
                    for number, line in enumerate(lines)
                ],
                **values,
            }
        )
        # Before its entity is taken out of the registry.
        cls.addClassCleanup(lambda: stream.exists().unlink())
        return stream

    def make_second_stream(self):
        """Return a second stream of the documents' object: it takes them as customers."""
        lines = [field_mapping("kind", "=company"), field_mapping("name", "buyer", "line", required=True)]
        return self.make_stream("customer", DOCUMENT_OBJECT, lines, 40, direction="in")

    def stream(self, remote_object):
        streams = {PRODUCT_OBJECT: self.product_stream, DOCUMENT_OBJECT: self.document_stream}
        return streams.get(remote_object) or super().stream(remote_object)

    def product(self, external_id, **values):
        return self.platform.put(PRODUCT_OBJECT, external_id, **{"code": f"SKU-{external_id}", **values})

    def document(self, external_id, **values):
        return self.platform.put(DOCUMENT_OBJECT, external_id, **{"number": f"N-{external_id}", **values})

    def line(self, sku, quantity="1", price="10.00", product=None):
        return {
            "sku": sku,
            "product": product or f"{PRODUCT_OBJECT}/{sku.removeprefix('SKU-')}",
            "quantity": {"quantity": quantity},
            "unit_price": {"amount": price, "currency": self.env.company.currency_id.name},
        }

    def linked(self, external_id, remote_object):
        """Return the record that a remote record is linked to, archived ones included."""
        link = self.env["retail.sync.link"].search(
            [("external_id", "=", external_id), ("remote_object", "=", remote_object), ("part", "=", "main")]
        )
        return self.env[link.res_model].with_context(active_test=False).browse(link.res_id) if link else None
