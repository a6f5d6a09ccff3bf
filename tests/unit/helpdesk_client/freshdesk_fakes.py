"""A scripted Freshdesk account: sessions, and records in the form of its API."""

from typing import Any

from retail_sync_helpdesk.client.freshdesk.limits import Limits
from retail_sync_helpdesk.client.freshdesk.session import FreshdeskSession, KeyFields
from retail_sync_helpdesk.client.freshdesk.sign_in import ApiKey
from retail_sync_helpdesk.client.tokens import MemoryTokenStore
from retail_sync_helpdesk.client.transport import Transport

from .fakes import STAMP, Answer, FakeDesk, Script

HOST = "https://acme.freshdesk.com"
API_KEY = "canary-api-key"
FIELDS = KeyFields("cf_odoo_key", "odoo_key")
NOTHING_FOUND = Answer({"results": [], "total": 0})
NO_ROWS = Answer([])


def freshdesk(*script: Script, **options):
    """(session, calls): a session before an account with this script."""
    calls = FakeDesk(*script)
    options = {"key_fields": FIELDS, "limits": Limits(account=10_000, ticket_lists=10_000), **options}
    session = FreshdeskSession(HOST, Transport(adapter=calls), ApiKey(API_KEY), MemoryTokenStore(), **options)
    return session, calls


def ticket_row(key: int = 4014, **values) -> dict[str, Any]:
    return {
        "id": key,
        "subject": "Late parcel",
        "description": "<div>Where is my parcel?</div>",
        "description_text": "Where is my parcel?",
        "status": 2,
        "priority": 1,
        "source": 2,
        "type": "Question",
        "requester_id": 61,
        "responder_id": None,
        "company_id": 63,
        "group_id": None,
        "product_id": 65,
        "tags": ["vip"],
        "custom_fields": {"cf_odoo_key": f"odoo:helpdesk:{key}", "cf_order": "S00042"},
        "created_at": STAMP,
        "updated_at": STAMP,
        **values,
    }


def validation(*errors: tuple[str, str], status: int = 400) -> Answer:
    """A refusal of values: (field, code) of each."""
    details = [{"field": name, "message": f"{name} is refused", "code": code} for name, code in errors]
    return Answer({"description": "Validation failed", "errors": details}, status)
