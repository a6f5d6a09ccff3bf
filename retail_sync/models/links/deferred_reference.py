from odoo import fields, models

from ...runtime.erasure import Erasure, Refs, Remote


class RetailSyncDeferredReference(models.Model):
    """A record that waits for another one to which it refers: one row for each reference that cannot be filled yet.

    With a link, the record exists in Odoo and is completed when the other one is linked. Without, it could not be
    created before that and is read again then.
    """

    _name = "retail.sync.deferred.reference"
    _description = "Reference to a record that comes later"
    _erasure = Erasure(rows=(Remote(object=None), Refs("ref")))
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade")
    stream_id = fields.Many2one("retail.sync.stream", required=True, ondelete="cascade", index=True)
    link_id = fields.Many2one("retail.sync.link", ondelete="cascade", index="btree_not_null")
    external_id = fields.Char(required=True)
    name = fields.Char(required=True, help="Name of the reference in the declaration of the entity.")
    ref = fields.Char(required=True, help="The missing record: object and external id on the platform.")
    refused = fields.Boolean(help="The record was known, and could not be referred to at that time.")
    target_model = fields.Char(required=True, help="Odoo model of the missing record.")

    _waiting_uniq = models.UniqueIndex("(stream_id, external_id, name, ref)")
    _ref_idx = models.Index("(connection_id, ref)")
