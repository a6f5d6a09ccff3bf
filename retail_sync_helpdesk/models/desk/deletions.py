from collections.abc import Mapping, Sequence

from odoo import api, models

from odoo.addons.retail_sync.adapter import DeletedRef
from odoo.addons.retail_sync.adapter.contract import Stream

from ...client.directory import PEOPLE, TICKETS, Directory

# Deleted people of a poll whose successors are looked for; of others the loss alone is noted.
MOST_WINNERS = 50


class RetailSyncAdapterDesk(models.AbstractModel):
    """What became of records that are gone: deleted, or merged into another person."""

    _inherit = "retail.sync.adapter.desk"

    @api.model
    def resolve_deleted(self, stream: Stream, refs: list[DeletedRef]) -> list[DeletedRef]:
        if not refs:
            return []
        keys = [self.normalise_id(ref.external_id) for ref in refs]
        with self._desk(stream.connection_id, "standard") as desk:
            living = set(self._read(desk, stream, keys))
            confirmed = self._deleted_keys(desk, stream, [key for key in keys if key not in living])
            kept = []
            for key, ref in zip(keys, refs, strict=True):
                if key not in living:
                    ref.confirmed = ref.confirmed or key in confirmed
                    kept.append(ref)
            return self._with_winners(desk, stream, kept)

    @api.model
    def _deleted_keys(self, desk: Directory, stream: Stream, keys: Sequence[str]) -> set[str]:
        """Return the ids of which the desk itself says that their records were deleted."""
        if not keys:
            return set()
        if stream.remote_object == TICKETS:
            return desk.deleted_tickets(keys)
        if stream.remote_object == PEOPLE:
            found = {key: desk.person(key) for key in keys}
            return {key for key, person in found.items() if person is not None and not person.active}
        return set()

    @api.model
    def _with_winners(self, desk: Directory, stream: Stream, refs: list[DeletedRef]) -> list[DeletedRef]:
        """Return the refs with the person who has the address of a deleted one now: the two were merged.

        A desk does not say into whom a person was merged. The address moves along, and no other person can have it.
        """
        gone = [ref for ref in refs if ref.confirmed and not ref.winner]
        if stream.remote_object != PEOPLE or not gone:
            return refs
        addresses = self._addresses(stream, [ref.external_id for ref in gone])
        for ref in gone[:MOST_WINNERS]:
            email = addresses.get(ref.external_id)
            person = desk.person_at(email) if email else None
            if person is not None and person.key != ref.external_id:
                ref.winner = person.key
        return refs

    @api.model
    def _addresses(self, stream: Stream, external_ids: Sequence[str]) -> Mapping[str, str]:
        """Return {id: e-mail address in Odoo} of linked people, in two queries."""
        links = (
            self.env["retail.sync.link"]
            .sudo()
            .search(
                [
                    ("connection_id", "=", stream.connection_id.id),
                    ("remote_object", "=", stream.remote_object),
                    ("external_id", "in", list(external_ids)),
                    ("part", "=", "main"),
                    ("res_model", "=", "res.partner"),
                ]
            )
        )
        partners = (
            self.env["res.partner"].sudo().with_context(active_test=False).browse(links.mapped("res_id")).exists()
        )
        emails = {partner.id: partner.email_normalized for partner in partners if partner.email_normalized}
        return {link.external_id: emails[link.res_id] for link in links if link.res_id in emails}
