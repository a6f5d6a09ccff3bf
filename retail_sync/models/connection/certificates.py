from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.misc import format_date

from ...domain.security import certificates


class RetailSyncConnection(models.Model):
    """The authorities that a connection trusts: certificates that a person pastes, never a file of the server."""

    _inherit = "retail.sync.connection"

    ca_bundle = fields.Text(
        string="CA certificates",
        groups="retail_sync.group_manager",
        help="Only for a platform behind a private certificate authority: its certificates in PEM form. "
        "Empty: the public authorities.",
    )
    ca_summary = fields.Text(
        string="Trusted authorities",
        compute="_compute_ca_summary",
        groups="retail_sync.group_manager",
        help="Whom the pasted certificates name, and until when they are valid.",
    )

    @api.depends("ca_bundle")
    @api.depends_context("lang")
    def _compute_ca_summary(self) -> None:
        for connection in self:
            try:
                found = certificates.read(connection.ca_bundle) if connection.ca_bundle else []
            except ValueError:
                found = []
            connection.ca_summary = (
                "\n".join(
                    self.env._(
                        "%(subject)s, valid until %(date)s",
                        subject=certificate.subject,
                        date=format_date(self.env, certificate.expires.date()),
                    )
                    for certificate in found
                )
                or False
            )

    @api.constrains("ca_bundle")
    def _check_ca_bundle(self) -> None:
        for connection in self.filtered("ca_bundle"):
            try:
                certificates.read(connection.ca_bundle)
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "The CA certificates cannot be read. Paste them in PEM form, from BEGIN CERTIFICATE to END "
                        "CERTIFICATE. The path of a file and a private key are not accepted."
                    )
                ) from None

    def _trusted_certificates(self) -> str:
        """Return the certificates that replace the public authorities, in PEM form; '' for none.

        The file that the server configuration names goes first: who writes the configuration may name files.
        """
        self.ensure_one()
        path = self._configured("ca_file")
        if not path:
            return self.sudo().ca_bundle or ""
        try:
            with open(path, encoding="ascii") as stream:
                return stream.read()
        except (OSError, UnicodeDecodeError):
            # What is no certificate is refused before a call: the public authorities must not stand in for it.
            return path
