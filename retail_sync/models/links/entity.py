from collections.abc import Mapping
from typing import Any

from odoo import api, models

from . import lookups


class RetailSyncEntity(models.AbstractModel):
    """What records refer to, in the platform's own words."""

    _inherit = "retail.sync.entity"

    @api.model
    def _local_references(self, stream: models.BaseModel, records: Mapping[int, Any], local: dict[int, Any]) -> None:
        """Put into local what references name on the platform, "odoo/<id>" where it does not know the record.

        One query a reference. An entity whose lines refer to records completes its lines here.

        :param records: {record id: record}
        :param local: {record id: folded values}, changed in place
        """
        for name, spec in self._header_references().items():
            column = self._plain.get(name)
            if column is None:
                continue
            targets = {record.id: record[column].id for record in records.values() if record[column]}
            refs = self._refs(stream, spec.entity, targets.values())
            for res_id, values in local.items():
                target = targets.get(res_id)
                values[name] = refs.get(target, f"odoo/{target}") if target else None

    @api.model
    def _refs(self, stream: models.BaseModel, entity: str, res_ids: Any) -> dict[int, str]:
        """Return {record id: "Object/id"} of records of an entity that are linked on a stream's connection."""
        model = self._of_name(entity)._res_model
        others = self._other_entities(entity)
        return lookups.refs_of(self.env, stream.connection_id, model, res_ids, role=entity, not_roles=others)

    @api.model
    def _other_entities(self, entity: str) -> list[str]:
        """Return the other entities whose records are of the same Odoo model.

        A record that the platform knows as one of those is not known to it as this one: an order that came as a sale
        has no record of the order over there yet.
        """
        return [name for name in self._of_model(self._of_name(entity)._res_model) if name != entity]
