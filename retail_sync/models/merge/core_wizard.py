from typing import Any

from odoo import models

from . import references
from . import session as session_steps


class MergePartnerAutomatic(models.TransientModel):
    """Record every merge of the core wizard, wherever it starts, so that it can be undone.

    The overrides find the session in the context of the wizard; without one they leave the core wizard as it is.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(
        self, partner_ids: list[int], dst_partner: models.BaseModel | None = None, extra_checks: bool = True
    ) -> Any:
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if session_steps.session_of(self) or len(partners) < 2:
            return super()._merge(partner_ids, dst_partner, extra_checks)
        survivor = dst_partner if dst_partner and dst_partner in partners else self._retail_sync_survivor(partners)
        reason = self.env._("Merged with the core wizard by %s", self.env.user.name)
        with session_steps.recorded(self, survivor, partners - survivor, reason) as wizard:
            return super(MergePartnerAutomatic, wizard)._merge(partner_ids, survivor, extra_checks)

    def _retail_sync_survivor(self, partners: models.BaseModel) -> models.BaseModel:
        """Return the customer that the core wizard keeps when the user chooses none."""
        return self._get_ordered_partner(partners.ids)[-1:]

    def _merge_bank_accounts(self, src_partners: models.BaseModel, dst_partner: models.BaseModel) -> Any:
        """Move bank accounts first: of two equal accounts, the core wizard forgets which documents named which."""
        session = session_steps.session_of(self)
        if session:
            self.env.flush_all()
            for loser in src_partners.ids:
                references.shift(
                    self.env(su=True), session.journal, "res_partner_bank", "partner_id", loser, dst_partner.id
                )
            self.env.invalidate_all()
        return super()._merge_bank_accounts(src_partners, dst_partner)

    def _update_foreign_keys(self, src_partners: models.BaseModel, dst_partner: models.BaseModel) -> Any:
        """Move the rows first: the core wizard deletes rows that a unique index refuses, or it fails."""
        session = session_steps.session_of(self)
        if session:
            self.env.flush_all()
            references.shift_keys(
                self.env(su=True), session.journal, "res_partner", src_partners.ids, dst_partner.id, session.losers.ids
            )
            self.env.invalidate_all()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners: models.BaseModel, dst_partner: models.BaseModel) -> Any:
        session = session_steps.session_of(self)
        if session:
            self.env.flush_all()
            references.shift_references(
                self.env(su=True), session.journal, "res.partner", src_partners.ids, dst_partner.id
            )
            references.shift_company_values(
                self.env(su=True), session.journal, "res.partner", src_partners.ids, dst_partner.id
            )
            self.env.invalidate_all()
        return super()._update_reference_fields(src_partners, dst_partner)

    def _update_values(self, src_partners: models.BaseModel, dst_partner: models.BaseModel) -> Any:
        if session_steps.session_of(self):
            # Core refuses a barcode that two customers share, even while the losers are about to be deleted. The
            # survivor has its barcode by now.
            self.env.flush_all()
            self.env.cr.execute("UPDATE res_partner SET barcode = NULL WHERE id = ANY(%s)", [src_partners.ids])
            self.env.invalidate_all()
        return super()._update_values(src_partners, dst_partner)

    def _log_merge_operation(self, src_partners: models.BaseModel, dst_partner: models.BaseModel) -> Any:
        result = super()._log_merge_operation(src_partners, dst_partner)
        session = session_steps.session_of(self)
        if session:
            self.env.flush_all()
            session_steps.park_pictures(self.env(su=True), session, src_partners)
        return result
