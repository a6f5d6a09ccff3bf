from odoo import fields, models

from odoo.addons.retail_sync.domain.mapping.decoding import Decoder, compile_decoder

from ..mapping.default_lines import BUSINESS, PERSON
from ..mapping.record_kinds import KindDecoder


class RetailSyncStream(models.Model):
    _inherit = "retail.sync.stream"

    sf_schema = fields.Json(
        readonly=True,
        copy=False,
        help="What Salesforce showed of this stream's fields when it was last asked: which mapped ones are missing.",
    )
    sf_fields = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        help="Fields of the object that Salesforce showed to our user when it was last asked, with their labels.",
    )
    sf_default_owner = fields.Char(
        string="Owner of the rest",
        help="E-mail address of the Salesforce user who owns customers whose salesperson in Odoo is no user of "
        "Salesforce, or who have none. Choose a user who stands for a team: Odoo does not read this owner as a "
        "salesperson. Empty: the owner of such customers is not sent.",
    )

    sf_lines_as_records = fields.Boolean(
        string="Lines as records",
        help="Also keep each line of an order as a record of its own, for reports on lines. Each record needs storage "
        "(about 2 KB) and calls. Without it, the lines stand inside the order.",
    )

    def _decoder(self) -> Decoder | KindDecoder:
        lines = self.sudo().map_ids.filtered("active")
        if self.connection_id.system != "salesforce" or not lines.filtered(lambda line: line.sf_applies_to == PERSON):
            return super()._decoder()

        def compiled(other_kind: str) -> Decoder:
            rows = [line._row() for line in lines if line.sf_applies_to != other_kind]
            return compile_decoder(rows, entity=self.entity)

        return KindDecoder(business=compiled(PERSON), person=compiled(BUSINESS))
