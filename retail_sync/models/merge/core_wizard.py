from odoo import _, models


class MergePartnerAutomatic(models.TransientModel):
    """Odoo's own merge, wherever it is started, keeps a record of what it did and can be undone."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        merging = self.env["retail.sync.merging"]
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if merging._current() or len(partners) < 2:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        survivor = dst_partner if dst_partner and dst_partner in partners else self._retail_sync_survivor(partners)
        reason = _("Merged with Odoo's own wizard by %s", self.env.user.name)
        with merging._session(survivor, partners - survivor, reason):
            return super()._merge(partner_ids, survivor, extra_checks)

    def _retail_sync_survivor(self, partners):
        """Return whom core would keep."""
        return self._get_ordered_partner(partners.ids)[-1]

    def _merge_bank_accounts(self, src_partners, dst_partner):
        """Move accounts before core does: of two that are one, core forgets which documents named which."""
        session = self.env["retail.sync.merging"]._current()
        if session:
            self.env.flush_all()
            rows = self.env["retail.sync.merging.rows"].sudo()
            for loser in src_partners.ids:
                rows._shift(session.journal, "res_partner_bank", "partner_id", loser, dst_partner.id)
            self.env.invalidate_all()
        return super()._merge_bank_accounts(src_partners, dst_partner)

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Move the rows before core does: core deletes all that a unique index holds back, or gives up."""
        session = self.env["retail.sync.merging"]._current()
        if session:
            self.env.flush_all()
            rows = self.env["retail.sync.merging.rows"].sudo()
            rows._shift_keys(session.journal, "res_partner", src_partners.ids, dst_partner.id, session.losers.ids)
            self.env.invalidate_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners, dst_partner):
        session = self.env["retail.sync.merging"]._current()
        if session:
            self.env.flush_all()
            rows = self.env["retail.sync.merging.rows"].sudo()
            rows._shift_references(session.journal, "res.partner", src_partners.ids, dst_partner.id)
            rows._shift_company_values(session.journal, "res.partner", src_partners.ids, dst_partner.id)
            self.env.invalidate_all()
        return super()._update_reference_fields(src_partners, dst_partner)

    def _update_values(self, src_partners, dst_partner):
        if self.env["retail.sync.merging"]._current():
            # The survivor has got it by now; that two have one barcode is refused, whoever is about to go.
            self.env.flush_all()
            self.env.cr.execute("UPDATE res_partner SET barcode = NULL WHERE id = ANY(%s)", [src_partners.ids])
            self.env.invalidate_all()
        return super()._update_values(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners, dst_partner):
        result = super()._log_merge_operation(src_partners, dst_partner)
        session = self.env["retail.sync.merging"]._current()
        if session:
            self.env.flush_all()
            self.env["retail.sync.merging"].sudo()._park_pictures(session, src_partners)
        return result
