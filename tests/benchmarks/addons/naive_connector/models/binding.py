import requests

from odoo import api, fields, models

QUIET = {
    "tracking_disable": True,
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "no_vat_validation": True,
}
# One connection per worker and one token for all jobs: more than the usual connector does, so that what is
# measured is the pattern and not a sloppy handling of connections.
_SESSIONS = {}


class NaiveBinding(models.Model):
    """The usual connector pattern, written for the benchmark: every record is a job of its own.

    A job fetches its record by one call, searches its binding, searches a partner like it, then creates or writes.
    """

    _name = "naive.binding"
    _description = "Naive link"
    _rec_name = "external_id"

    external_id = fields.Char(required=True, index=True)
    remote_object = fields.Char(required=True)
    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade")

    _remote_uniq = models.UniqueIndex("(remote_object, external_id)", "This record is linked already.")

    @api.model
    def import_batch(self, connection, remote_object, external_ids):
        """Queue a job for each record."""
        for external_id in external_ids:
            self.with_delay(channel="root", description=f"{remote_object} {external_id}").import_record(
                connection, remote_object, external_id
            )
        return True

    @api.model
    def import_record(self, connection, remote_object, external_id):
        """Read one record and create or write its partner.

        :param connection: {"url", "token", "ca": path of the CA certificates}
        """
        record = self._read_remote(connection, remote_object, external_id)
        vals = self._account(record) if remote_object == "Account" else self._contact(record)
        binding = self.search([("remote_object", "=", remote_object), ("external_id", "=", external_id)], limit=1)
        if binding:
            binding.partner_id.with_context(**QUIET).write(vals)
            return
        partner = self._find(vals)
        if partner:
            partner.with_context(**QUIET).write(vals)
        else:
            partner = self.env["res.partner"].with_context(**QUIET).create(vals)
        self.create({"remote_object": remote_object, "external_id": external_id, "partner_id": partner.id})

    @api.model
    def _read_remote(self, connection, remote_object, external_id):
        session = _SESSIONS.setdefault(connection["url"], requests.Session())
        answer = session.get(
            f"{connection['url']}/services/data/v62.0/sobjects/{remote_object}/{external_id}",
            headers={"Authorization": f"Bearer {connection['token']}"},
            verify=connection["ca"],
            timeout=60,
        )
        answer.raise_for_status()
        return answer.json()

    @api.model
    def _find(self, vals):
        if vals.get("vat"):
            return self.env["res.partner"].search([("vat", "=", vals["vat"]), ("is_company", "=", True)], limit=1)
        if vals.get("email"):
            domain = [("email", "=ilike", vals["email"]), ("name", "=", vals["name"])]
            return self.env["res.partner"].search(domain, limit=1)
        return self.env["res.partner"]

    @api.model
    def _parent(self, external_id):
        if not external_id:
            return False
        domain = [("remote_object", "=", "Account"), ("external_id", "=", external_id)]
        return self.search(domain, limit=1).partner_id.id

    @api.model
    def _address(self, record, prefix):
        country = self.env["res.country"].search([("name", "=", record.get(f"{prefix}Country"))], limit=1)
        state = self.env["res.country.state"].search(
            [("country_id", "=", country.id), ("code", "=", record.get(f"{prefix}State"))], limit=1
        )
        return {
            "street": record.get(f"{prefix}Street"),
            "city": record.get(f"{prefix}City"),
            "zip": record.get(f"{prefix}PostalCode"),
            "country_id": country.id,
            "state_id": state.id,
        }

    @api.model
    def _account(self, record):
        return {
            "name": record["Name"],
            "is_company": True,
            "phone": record.get("Phone"),
            "website": record.get("Website"),
            "vat": record.get("VAT_Number__c"),
            "ref": record.get("Customer_Number__c"),
            "comment": record.get("Description"),
            "parent_id": self._parent(record.get("ParentId")),
            **self._address(record, "Billing"),
        }

    @api.model
    def _contact(self, record):
        return {
            "name": " ".join(filter(None, (record.get("FirstName"), record["LastName"]))),
            "email": record.get("Email"),
            "phone": record.get("Phone"),
            "function": record.get("Title"),
            "comment": record.get("Description"),
            "parent_id": self._parent(record.get("AccountId")),
            # With an address of their own contacts are of this type, else Odoo would give them their company's.
            "type": "other",
            **self._address(record, "Mailing"),
        }
