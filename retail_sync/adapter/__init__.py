"""The seam: what an adapter addon imports of the engine, besides `domain.mapping` and `domain.canonical`."""

from ..domain.canonical.schema import Incoming, content_hash, make_ref
from ..domain.mapping.transform_registry import TransformContext, TransformError, inverse, register
from ..domain.resilience.budget import CALLS, POINTS, Shape, Window
from ..domain.resilience.faults import FaultClass, FaultError
from ..domain.resilience.limits import OTHER_ACCOUNT
from ..domain.security.event_notice import Notice, NoticeError
from ..domain.security.webhook_signature import check_signature, sign
from ..domain.values.countries import country_name
from ..runtime.transactions import clock, retry_transaction, separate_transaction
from .call_hooks import CallHooks, SharedTokens
from .client_faults import WAY_CODES, UNSAFE_CODES, as_fault
from .commands import ArgumentSpec, CommandSpec
from .credential_inputs import credential, credential_input
from .declarations import Capabilities, CredentialField, CredentialKind, Polls
from .effects import UNKNOWN, Effect, OutboundFact
from .errors import AdapterContractError
from .events import EventDoor, EventRefused, EventReply, EventRequest, verify_signed_json
from .signatures import hmac_matches, is_recent
from .refusals import refuse, refused_paths, take_out
from .values import AccountReport, Answer, Capacity, DeletedRef, EncodedRecord, OutboundRecord, PollResult, RefusedField

__all__ = [
    "WAY_CODES",
    "CALLS",
    "OTHER_ACCOUNT",
    "POINTS",
    "UNKNOWN",
    "UNSAFE_CODES",
    "AccountReport",
    "AdapterContractError",
    "Answer",
    "ArgumentSpec",
    "CallHooks",
    "Capabilities",
    "Capacity",
    "CommandSpec",
    "CredentialField",
    "CredentialKind",
    "DeletedRef",
    "Effect",
    "EncodedRecord",
    "EventDoor",
    "EventRefused",
    "EventReply",
    "EventRequest",
    "FaultClass",
    "FaultError",
    "Incoming",
    "Notice",
    "NoticeError",
    "OutboundFact",
    "OutboundRecord",
    "PollResult",
    "Polls",
    "RefusedField",
    "Shape",
    "SharedTokens",
    "TransformContext",
    "TransformError",
    "Window",
    "as_fault",
    "check_signature",
    "clock",
    "content_hash",
    "country_name",
    "credential",
    "credential_input",
    "hmac_matches",
    "inverse",
    "is_recent",
    "make_ref",
    "refuse",
    "refused_paths",
    "register",
    "retry_transaction",
    "separate_transaction",
    "sign",
    "take_out",
    "verify_signed_json",
]
