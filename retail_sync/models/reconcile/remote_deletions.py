from odoo import _, api, fields, models

from ...adapter.values import DeletedRef
from ...domain.canonical.schema import SLOT_MAIN
from ...runtime.constants import QUIET


class RetailSyncTombstones(models.AbstractModel):
    """Records that were deleted or merged on the platform. Odoo deletes nothing because of it."""

    _name = "retail.sync.tombstones"
    _description = "Remote deletions and merges"

    @api.model
    def _bury(self, flow, refs, run=None):
        """Take in a list of DeletedRef with known winners; return how many records that concerned.

        A deletion that was seen already changes nothing, so overlapping windows are harmless.
        """
        if not refs:
            return 0
        with self.env["retail.sync.capture"]._origin(flow.backend_id):
            return self._bury_all(flow, refs)

    @api.model
    def _bury_all(self, flow, refs):
        backend = flow.backend_id
        service = self.with_user(backend.user_id).sudo()
        bindings = service.env["retail.sync.binding"].search(
            [
                ("backend_id", "=", backend.id),
                ("remote_object", "=", flow.remote_object),
                ("external_id", "in", [ref.external_id for ref in refs]),
            ]
        )
        by_id = bindings.grouped("external_id")
        gone, merged = bindings.browse(), []
        for ref in refs:
            found = by_id.get(ref.external_id, bindings.browse()).filtered(
                lambda binding: binding.state not in ("deleted", "merged", "excluded")
            )
            if not found:
                continue
            if ref.winner and ref.winner != ref.external_id:
                merged.append((found, ref.winner))
            else:
                gone |= found
        # First, since a deletion that Odoo refuses opens a message of its own.
        self.env["retail.sync.message"].sudo().search(
            [
                ("flow_id", "=", flow.id),
                ("key", "in", [ref.external_id for ref in refs]),
                ("state", "in", ["open", "review", "retrying"]),
                # A question that is asked again stays the one that somebody works on.
                ("fault_code", "!=", "REMOTE_MERGE"),
            ]
        )._resolve(_("Deleted or merged on the platform"))
        self.env["retail.sync.merging.remote"]._close_tasks(
            backend, [ref.external_id for ref in refs], _("Deleted or merged on the platform")
        )
        service._delete(flow, gone)
        service._merge(flow, merged)
        return len(set(gone.mapped("external_id"))) + len(merged)

    @api.model
    def _delete(self, flow, bindings):
        """Note that records are gone; archive their customers where the flow says so."""
        if not bindings:
            return
        archived = bindings.browse()
        if flow.delete_policy == "archive":
            archived = self._archive(flow, bindings.filtered("is_primary"))
        now = fields.Datetime.now()
        (bindings - archived).write({"state": "deleted", "deleted_at": now})
        archived.write({"state": "deleted", "deleted_at": now, "archived_by_sync": True})

    @api.model
    def _archive(self, flow, bindings):
        """Archive the active records of bindings; return the bindings whose record was archived by us.

        One write for all; only when Odoo refuses it, they are tried one by one, so that
        the one with a login does not keep the others.
        """
        partners = self._partners(bindings)
        if not partners:
            return bindings.browse()
        refused = {}
        try:
            with self.env.cr.savepoint():
                partners.write({"active": False})
        except Exception as error:
            self.env["retail.sync.apply"]._reraise_technical(error)
            for partner in partners:
                try:
                    with self.env.cr.savepoint():
                        partner.write({"active": False})
                except Exception as single:
                    self.env["retail.sync.apply"]._reraise_technical(single)
                    refused[partner.id] = single
        done = bindings.filtered(lambda binding: binding.res_id in partners.ids and binding.res_id not in refused)
        for binding in bindings.filtered(lambda binding: binding.res_id in refused and binding.slot == SLOT_MAIN):
            self._refused(flow, binding, refused[binding.res_id])
        return done

    @api.model
    def _refused(self, flow, binding, error):
        """Tell people that Odoo would not do to a customer what was done to its record."""
        fault = self.env["retail.sync.apply"]._as_fault(error)
        self.env["retail.sync.exceptions"]._technical(
            flow.backend_id, "DELETE_REFUSED", fault.message, binding.external_id, flow=flow
        ).write({"res_model": binding.res_model, "res_id": binding.res_id, "team": "business"})

    @api.model
    def _partners(self, bindings):
        return (
            self.env["res.partner"]
            .with_context(**QUIET, active_test=False)
            .browse(bindings.mapped("res_id"))
            .exists()
            .filtered("active")
        )

    @api.model
    def _merge(self, flow, merged):
        """Make the losers aliases of their winners.

        Two customers are merged, or a person is asked, by the connection's policy. Where it
        says neither, the loser's customer is archived and its contacts move to the winner's,
        as they did on the platform; documents stay where they are.
        """
        if not merged:
            return
        winners = {
            binding.external_id: binding
            for binding in self.env["retail.sync.binding"].search(
                [
                    ("backend_id", "=", flow.backend_id.id),
                    ("remote_object", "=", flow.remote_object),
                    ("external_id", "in", list({winner for _found, winner in merged})),
                    ("slot", "=", SLOT_MAIN),
                    ("state", "!=", "excluded"),
                ]
            )
        }
        there = set(self.env["res.partner"].browse([binding.res_id for binding in winners.values()]).exists().ids)
        for losers, winner_id in merged:
            winner = winners.get(winner_id)
            if not winner or winner.res_id not in there:
                # The winner is out of scope, not read yet or deleted in Odoo: as far as Odoo goes the loser is gone.
                self._delete(flow, losers)
                continue
            try:
                with self.env.cr.savepoint():
                    self._merge_into(flow, losers, winner)
            except Exception as error:
                self.env["retail.sync.apply"]._reraise_technical(error)
                losers.write({"state": "deleted", "deleted_at": fields.Datetime.now()})
                self._refused(flow, losers.filtered(lambda binding: binding.slot == SLOT_MAIN)[:1], error)

    @api.model
    def _merge_into(self, flow, losers, winner):
        """Make one loser (its bindings, all slots) an alias of a winner's binding."""
        partner_model = self.env["res.partner"].with_context(**QUIET, active_test=False)
        main = losers.filtered(lambda binding: binding.slot == SLOT_MAIN)
        addresses = losers - main
        # A loser that is a second id of some customer leaves that customer as it is.
        old = partner_model.browse(main.filtered("is_primary").mapped("res_id")).exists()
        old = old.filtered(lambda partner: partner.id != winner.res_id)
        if old and self.env["retail.sync.merging.followed"]._follow(flow, losers, winner):
            return
        if old:
            survivor = partner_model.browse(winner.res_id)
            self._move_children(flow, old.child_ids - partner_model.browse(addresses.mapped("res_id")), survivor)
            self._archive(flow, losers)
            for partner in old:
                partner.message_post(body=_("Merged on the platform into %s.", survivor.display_name))
            self._aliases_of(flow, old).write({"res_id": winner.res_id})
        now = fields.Datetime.now()
        main.write(
            {
                "res_id": winner.res_id,
                "is_primary": False,
                "state": "merged",
                "deleted_at": now,
                "reason": _("Merged into %s", winner.external_id),
            }
        )
        addresses.write({"state": "deleted", "deleted_at": now})
        self._promote(winner)

    @api.model
    def _promote(self, winner):
        """The platform kept the record that was a second id here: it is the customer's main link now."""
        if not winner.is_primary and not winner.search_count(
            [
                ("backend_id", "=", winner.backend_id.id),
                ("res_model", "=", winner.res_model),
                ("res_id", "=", winner.res_id),
                ("is_primary", "=", True),
            ]
        ):
            winner.write(
                {"is_primary": True, "state": "in_sync", "acked": False, "content_hash": False, "raw_hash": False}
            )

    @api.model
    def _move_children(self, flow, children, survivor):
        """Put children of a loser under the survivor; contacts keep the address they have."""
        entity = self.env[flow._entity()._name]
        contacts = children.filtered(lambda child: child.type in ("contact", "other"))
        entity._link_children({survivor.id: contacts.ids})
        (children - contacts - entity._line_of(survivor)).write({"parent_id": survivor.id})

    @api.model
    def _aliases_of(self, flow, partners):
        """Return the links of records that were merged into these customers before."""
        return self.env["retail.sync.binding"].search(
            [
                ("backend_id", "=", flow.backend_id.id),
                ("res_model", "=", partners._name),
                ("res_id", "in", partners.ids),
                ("is_primary", "=", False),
            ]
        )


class RetailSyncRereader(models.AbstractModel):
    """What became of records that are missing."""

    _name = "retail.sync.rereader"
    _description = "Steps of retail.sync.rereader"

    @api.model
    def _settle_missing(self, flow, missing, run):
        """Records that are not there any more: deleted or merged if the platform says so, else out of our sight."""
        self._bury_fates(flow, self._fates(flow, missing), run)

    @api.model
    def _fates(self, flow, missing):
        """Ask the platform what became of records; return DeletedRefs."""
        now = fields.Datetime.to_string(fields.Datetime.now())
        return flow._adapter().resolve_deleted(flow, [DeletedRef(external_id, now) for external_id in missing])

    @api.model
    def _bury_fates(self, flow, refs, run):
        """Note what the platform said of records that it did not show.

        A record that was removed for good and one that is hidden from our user look the same.
        Archiving a customer because of a sharing rule would be wrong, so doubt changes no customer.
        """
        run.n_deleted += (
            self.env["retail.sync.tombstones"].sudo()._bury(flow, [ref for ref in refs if ref.confirmed], run)
        )
        self.env["retail.sync.binding"].sudo()._out_of_sight(
            flow,
            [ref.external_id for ref in refs if not ref.confirmed],
            _("Not to be found on the platform: removed for good, or hidden from the user of %s", flow.backend_id.name),
        )
