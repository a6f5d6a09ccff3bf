"""Which records of Odoo stand for the parts of a remote record, with defaults for parts whose record has a flag."""

from collections.abc import Collection, Mapping
from enum import Enum

from odoo import api, models

from . import field_labels


class Standing(str, Enum):
    """What has become of the record that stands for a part.

    stands: it is in use. ended: it is archived. left: it is something else now, or another owner's.
    gone: it was deleted.
    """

    stands = "stands"
    ended = "ended"
    left = "left"
    gone = "gone"


class RetailSyncEntity(models.AbstractModel):
    """The records of parts: the presence of such a record is what Odoo says about the part."""

    _inherit = "retail.sync.entity"

    @api.model
    def _part_labels(self) -> dict[str, str]:
        """Return {part: what people call it}, translated; the declaration's label otherwise."""
        return {}

    @api.model
    def _part_standing(self, record: models.BaseModel, owner: models.BaseModel, part: str) -> Standing:
        """Return whether an existing record still stands for a part of its owner."""
        return Standing.stands if self._in_use(record) else Standing.ended

    @api.model
    def _part_candidates(
        self, stream: models.BaseModel, owner_ids: Collection[int], parts: Collection[str], free: Collection[int] = ()
    ) -> dict[int, dict[str, models.BaseModel]]:
        """Return {owner id: {part: records in use that could stand for it and that no link names, oldest first}}.

        :param free: ids of records whose link no longer counts
        """
        return {}

    @api.model
    def _without_place(self, stream: models.BaseModel, places: Mapping[int, Collection[str]]) -> dict[int, str]:
        """Return {owner id: remark} of owners with records that would be sent if the platform had a place for them.

        :param places: {owner id: parts that its record on the platform can show}
        """
        return {}

    @api.model
    def _spare_parts_text(self, part: str, held: int | None, others: Collection[int]) -> str:
        """Return the remark on a record that has more records of a kind than the platform has room for.

        :param held: id of the one that is synchronised, None for none
        :param others: ids of those that are not
        """
        return self.env._(
            "%(part)s: the platform has room for one. Synchronised: %(held)s. Not synchronised: %(others)s.",
            part=field_labels.part_label(self, part),
            held=f"#{held}" if held else self.env._("none"),
            others=", ".join(f"#{other}" for other in others),
        )
