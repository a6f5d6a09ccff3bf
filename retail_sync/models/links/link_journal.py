"""Values that a record had before its first link wrote to it: by them a steward undoes a wrong decision."""

from collections.abc import Iterable, Mapping
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...runtime import retention
from ...runtime.erasure import Erasure, Record, Remote

Vals = dict[str, Any]
KEEP_DAYS = 180


class RetailSyncLinkJournal(models.Model):
    """Keep what the first meeting of a remote record and a record of Odoo wrote to the latter.

    The values are personal data: no role of Retail Sync reads this table.
    """

    _name = "retail.sync.link.journal"
    _description = "Values before a link"
    _erasure = Erasure(rows=(Record(), Remote()))
    _log_access = False

    connection_id = fields.Many2one("retail.sync.connection", required=True, ondelete="cascade")
    remote_object = fields.Char(required=True, string="Object")
    external_id = fields.Char(required=True, string="External id")
    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    before = fields.Json(
        groups=fields.NO_ACCESS, help="Values before the link; empty for a record that the link created."
    )
    after = fields.Json(groups=fields.NO_ACCESS, help="Values that the link wrote.")
    written_on = fields.Datetime(required=True)

    _record_idx = models.Index("(connection_id, remote_object, external_id)")
    _written_idx = models.Index("(written_on) WHERE after IS NOT NULL")

    @api.model
    def _values(self, records: models.BaseModel, columns: Mapping[int, Iterable[str]]) -> dict[int, Vals]:
        """Return {record id: {column: value}} in plain values, of stored fields alone."""
        return {
            record.id: {name: plain_value(record, name) for name in columns[record.id] if is_kept(record, name)}
            for record in records.browse(columns)
        }

    @api.model
    def _note(
        self,
        stream: models.BaseModel,
        remote_object: str,
        written: Mapping[str, Iterable[int]],
        before: Mapping[int, Vals],
        after: Mapping[int, Vals],
        res_model: str,
    ) -> None:
        """Store what first meetings wrote, in one statement.

        :param written: {external id: ids of the records that were written or created}
        :param before: {record id: values}; none for records that were created
        """
        now = fields.Datetime.now()
        self.sudo().create(
            [
                {
                    "connection_id": stream.connection_id.id,
                    "remote_object": remote_object,
                    "external_id": external_id,
                    "res_model": res_model,
                    "res_id": res_id,
                    "before": before.get(res_id, False),
                    "after": after.get(res_id, False),
                    "written_on": now,
                }
                for external_id, ids in written.items()
                for res_id in ids
            ]
        )

    @api.model
    def _of_record(self, connection: models.BaseModel, remote_object: str, external_id: str) -> models.BaseModel:
        """Return the rows of a remote record, the oldest first."""
        domain = [
            ("connection_id", "=", connection.id),
            ("remote_object", "=", remote_object),
            ("external_id", "=", external_id),
        ]
        return self.sudo().search(domain, order="id")

    @retention.batched
    def _gc_journal(self) -> retention.Progress:
        """Empty the values that were noted before the days of Settings; undo of such a link restores no value.

        The rows stay: they tell a record that a link created from one that it found.
        """
        limit = retention.before(self.env, "keep_messages_days", KEEP_DAYS)
        if not limit:
            return 0, 0
        expired = retention.expired_ids(self, SQL("written_on < %s AND after IS NOT NULL", limit), SQL("written_on"))
        emptied = expired[: retention.BATCH]
        # In SQL: the ORM stores an empty value as none, which stands for a record that the link created.
        self.env.cr.execute(
            "UPDATE retail_sync_link_journal SET after = NULL, before = CASE jsonb_typeof(before) WHEN 'object'"
            " THEN '{}'::jsonb END WHERE id = ANY(%s)",
            [emptied],
        )
        self.invalidate_model()
        return len(emptied), int(len(expired) > retention.BATCH)


def is_kept(record: models.BaseModel, name: str) -> bool:
    """Return whether a field has a value of its own that can be put back."""
    field = record._fields.get(name)
    return field is not None and bool(field.store or field.inverse) and field.type not in ("one2many", "binary")


def plain_value(record: models.BaseModel, name: str) -> Any:
    """Return a field's value as JSON has it: ids for relations, text for dates."""
    field, value = record._fields[name], record[name]
    if field.type == "many2one":
        return value.id
    if field.type == "many2many":
        return sorted(value.ids)
    if field.type in ("date", "datetime"):
        return field.to_string(value) if value else False
    return str(value) if field.type == "html" and value else value


def vals_of(record: models.BaseModel, values: Vals) -> Vals:
    """Return plain values as vals for ``write``; relations to records that were deleted are left out."""
    vals = {}
    for name, value in values.items():
        field = record._fields[name]
        if field.type == "many2many":
            value = [(6, 0, record.env[field.comodel_name].browse(value or ()).exists().ids)]
        elif field.type == "many2one" and value and not record.env[field.comodel_name].browse(value).exists():
            continue
        vals[name] = value
    return vals
