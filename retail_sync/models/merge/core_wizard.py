from odoo import _, models

from . import references_move
from . import session as session_steps


class MergePartnerAutomatic(models.TransientModel):
    """Odoo's own merge, wherever it is started, keeps a record of what it did and can be undone."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if session_steps.current(self.env) or len(partners) < 2:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        survivor = dst_partner if dst_partner and dst_partner in partners else self._retail_sync_survivor(partners)
        reason = _("Merged with Odoo's own wizard by %s", self.env.user.name)
        with session_steps.merge_session(self.env, survivor, partners - survivor, reason):
            return super()._merge(partner_ids, survivor, extra_checks)

    def _retail_sync_survivor(self, partners):
        """Return whom core would keep."""
        return self._get_ordered_partner(partners.ids)[-1]

    def _merge_bank_accounts(self, src_partners, dst_partner):
        """Move accounts before core does: of two that are one, core forgets which documents named which."""
        session = session_steps.current(self.env)
        if session:
            self.env.flush_all()
            for loser in src_partners.ids:
                references_move.shift(
                    self.env(su=True), session.journal, "res_partner_bank", "partner_id", loser, dst_partner.id
                )
            self.env.invalidate_all()
        return super()._merge_bank_accounts(src_partners, dst_partner)

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move the rows before core does: core deletes all that a unique index holds back, or gives up."""
        session = session_steps.current(self.env)
        if session:
            self.env.flush_all()
            references_move.shift_keys(
                self.env(su=True), session.journal, "res_partner", src_partners.ids, dst_partner.id, session.losers.ids
            )
            self.env.invalidate_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners, dst_partner):
        session = session_steps.current(self.env)
        if session:
            self.env.flush_all()
            references_move.shift_references(
                self.env(su=True), session.journal, "res.partner", src_partners.ids, dst_partner.id
            )
            references_move.shift_company_values(
                self.env(su=True), session.journal, "res.partner", src_partners.ids, dst_partner.id
            )
            self.env.invalidate_all()
        return super()._update_reference_fields(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        if session_steps.current(self.env):
            # The survivor has got it by now; that two have one barcode is refused, whoever is about to go.
            self.env.flush_all()
            self.env.cr.execute("UPDATE res_partner SET barcode = NULL WHERE id = ANY(%s)", [src_partners.ids])
            self.env.invalidate_all()
        return super()._update_values(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        result = super()._log_merge_operation(src_partners, dst_partner)
        session = session_steps.current(self.env)
        if session:
            self.env.flush_all()
            session_steps.park_pictures(self.env(su=True), session, src_partners)
        return result
