from odoo import Command, api, models
from odoo.exceptions import ValidationError


class RetailSyncBackend(models.Model):
    """A connection's user must be at home in its company, else every record would be refused later on."""

    _inherit = "retail.sync.backend"

    @api.constrains("company_id", "user_id")
    def _check_user_company(self):
        integration = self.env.ref("retail_sync.user_integration", raise_if_not_found=False)
        for backend in self:
            user, company = backend.user_id.sudo(), backend.company_id
            if not company or company in user.company_ids:
                continue
            if user == integration:
                # It exists for this alone, so a manager need not find an administrator first.
                user.company_ids = [Command.link(company.id)]
                continue
            raise ValidationError(
                self.env._(
                    "%(user)s, as whom %(backend)s runs, may not work in %(company)s. Add the company to that user's "
                    "allowed companies, or choose another user.",
                    user=user.name,
                    backend=backend.name,
                    company=company.name,
                )
            )
