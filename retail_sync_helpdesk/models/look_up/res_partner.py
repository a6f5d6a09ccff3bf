from odoo import models


class ResPartner(models.Model):
    """Customers are found by e-mail and phone as they are now.

    The engine's index for identity knows more spellings, and learns of a change a little later.
    """

    _inherit = "res.partner"

    _sync_email_idx = models.Index("(email_normalized) WHERE email_normalized IS NOT NULL")
    _sync_phone_idx = models.Index("(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9)) WHERE phone IS NOT NULL")
