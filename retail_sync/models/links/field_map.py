from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from odoo import api, fields, models
from odoo.tools import SQL

from ...domain.canonical import composites
from ...domain.mapping.value_sources import after_change, sources_of


class RetailSyncStream(models.Model):
    """From where the values on which both sides agreed were read."""

    _inherit = "retail.sync.stream"

    value_sources = fields.Json(
        readonly=True,
        copy=False,
        prefetch=False,
        help="Per field: the mapping lines that read the values both sides agreed on.",
    )

    def _forget_bases(self, replaced: set[tuple[str, str]]) -> None:
        """Let fields meet for the first time: (part, field). A blank then never beats a value, whoever owns it.

        What was agreed on came from another field of the platform: measured against it, a blank of the new field would
        be an edit that empties the records. The hash equals none, so that the next read agrees on the fields anew.
        """
        self.ensure_one()
        spec = self._entity()._spec()
        for part in sorted({part for part, _field in replaced}):
            names = composites.fold_names({field for found, field in replaced if found == part}, spec)
            self.env.cr.execute(
                SQL(
                    "UPDATE retail_sync_link SET base = (base::jsonb - %(names)s::text[]), content_hash = 'mapping',"
                    " pushed = CASE WHEN pushed IS NULL THEN NULL ELSE (pushed::jsonb - %(names)s::text[]) END"
                    " WHERE stream_id = %(stream)s AND part = %(part)s AND base::jsonb ?| %(names)s::text[]",
                    names=sorted(names),
                    stream=self.id,
                    part=part,
                )
            )
        self.env["retail.sync.link"].invalidate_model(["base", "pushed"])


class RetailSyncFieldMap(models.Model):
    """A changed mapping line makes links read their records again."""

    _inherit = "retail.sync.field.map"

    @api.model_create_multi
    def create(self, vals_list: list[dict[str, Any]]) -> "RetailSyncFieldMap":
        streams = self.env["retail.sync.stream"].browse(
            {vals["stream_id"] for vals in vals_list if "stream_id" in vals}
        )
        with self._sources_kept(streams):
            return super().create(vals_list)

    def write(self, vals: dict[str, Any]) -> bool:
        if not vals.keys() & {
            "active",
            "canonical_field",
            "direction",
            "options",
            "options_text",
            "part",
            "remote_path",
            "stream_id",
            "transform",
            "value_map_text",
        }:
            return super().write(vals)
        with self._sources_kept(self.stream_id):
            return super().write(vals)

    def unlink(self) -> bool:
        with self._sources_kept(self.stream_id):
            return super().unlink()

    @contextmanager
    def _sources_kept(self, streams: models.BaseModel) -> Iterator[None]:
        """Note where values were read from before a change; forget what was agreed on where that is another place."""
        streams = streams.sudo().exists()
        held = {stream: stream.value_sources or sources_of(stream._map_rows()) for stream in streams}
        yield
        for stream, before in held.items():
            stream.invalidate_recordset(["map_ids"])
            kept, replaced = after_change(before, sources_of(stream._map_rows()))
            if kept != stream.value_sources:
                stream.value_sources = kept
            if replaced:
                stream._forget_bases(replaced)

    def _forget_rows(self):
        """Let the next load look at every record: one that is the same to the letter may mean something else now."""
        if self.stream_id:
            self.env.cr.execute(
                "UPDATE retail_sync_link SET raw_hash = NULL WHERE stream_id = ANY(%s) AND raw_hash IS NOT NULL",
                [self.stream_id.ids],
            )
            self.env["retail.sync.link"].invalidate_model(["raw_hash"])
