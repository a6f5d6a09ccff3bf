from collections.abc import Sequence

from odoo import api, models

from odoo.addons.retail_sync.adapter import OutboundRecord
from odoo.addons.retail_sync.adapter.contract import Stream

from ....client import query
from ....mapping.transforms import STAND_IN

OWNER = "OwnerId"
USER_FIELDS = ("Email", "Username", "IsActive", "UserType")
# Users with a licence that lets them own customers; others are integrations, guests and visitors of a site.
LICENSED = "Standard"


class RetailSyncAdapterSalesforce(models.AbstractModel):
    """Salespeople of Odoo as users of Salesforce."""

    _inherit = "retail.sync.adapter.salesforce"

    @api.model
    def _owners(self, stream: Stream, records: Sequence[OutboundRecord]) -> dict[str, tuple[str, str]]:
        """Return {e-mail address of a salesperson: (id, address) of the user who stands for that person}.

        Under STAND_IN: the user who owns what belongs to any other salesperson. One query for all records.
        """
        if "owner" not in stream._outbound_fields():
            return {}
        touched = [record for record in records if record.changed is None or "owner" in record.changed.get("main", ())]
        if not touched:
            return {}
        mains = [record.parts.get("main") or {} for record in touched]
        words = {main["owner"].lower() for main in mains if main.get("owner")}
        stand_in = (stream.sf_default_owner or "").strip().lower()
        mapped = self.env["retail.sync.value.map"]._owner_words(stream.connection_id, words)
        asked = words.union([stand_in] if stand_in else (), *mapped.values())
        users = self._users(stream, sorted(asked)) if asked else {}
        found = {}
        for word in words:
            user = next((users[name] for name in (word, *mapped.get(word, ())) if name in users), None)
            if user:
                found[word] = user
        if stand_in in users:
            found[STAND_IN] = users[stand_in]
        return found

    @api.model
    def _users(self, stream: Stream, addresses: Sequence[str]) -> dict[str, tuple[str, str]]:
        """Return {e-mail address: (id, address)} of active users with a licence.

        Of several with one address, the one whose user name it is, else the oldest.
        """
        with self._session(stream.connection_id, "standard") as session:
            rows = query.by_values(session, "User", USER_FIELDS, "Email", addresses)
        found: dict[str, tuple[str, str]] = {}
        able = [row for row in rows if row.get("IsActive") and row.get("UserType") == LICENSED and row.get("Email")]
        for row in sorted(able, key=lambda row: (row.get("Username", "").lower() != row["Email"].lower(), row["Id"])):
            found.setdefault(row["Email"].lower(), (row["Id"], row["Email"].lower()))
        return found
