"""What can go wrong, sorted once into the engine's fault classes (API sheet section 6.2).

The table goes by `errorCode`; the HTTP status counts only where the reply carries no code.
"""

import re
from collections.abc import Iterable
from typing import Any

TRANSIENT = "transient"
THROTTLED = "throttled"
AUTH = "auth"
CONFLICT = "conflict"
BUSINESS = "business"
CONTRACT = "contract"
GONE = "gone"
DUPLICATE = "duplicate"
DEPENDENCY = "dependency"
UNKNOWN = "unknown"
KINDS = frozenset((TRANSIENT, THROTTLED, AUTH, CONFLICT, BUSINESS, CONTRACT, GONE, DUPLICATE, DEPENDENCY, UNKNOWN))

#: Failed only because another part of the same transaction failed: they take the class of that one.
FOLLOWERS = frozenset(("ALL_OR_NONE_OPERATION_ROLLED_BACK", "PROCESSING_HALTED", "BATCH_PROCESSING_HALTED"))

DAILY_LIMIT_SECONDS = 900.0
CONCURRENT_LIMIT_SECONDS = 45.0
LOGIN_LIMIT_SECONDS = 900.0

EXCERPT_LENGTH = 500

_BY_KIND = {
    AUTH: (
        "INVALID_SESSION_ID INVALID_AUTH_HEADER INVALID_LOGIN ORG_LOCKED "
        "LOGIN_DURING_RESTRICTED_DOMAIN LOGIN_DURING_RESTRICTED_TIME "
        # token endpoint (section 1.4)
        "invalid_grant invalid_client_id invalid_client invalid_client_credentials inactive_user inactive_org "
        "invalid_app_access unauthorized_client"
    ),
    THROTTLED: "REQUEST_LIMIT_EXCEEDED rate_limit_exceeded ExceededQuota",
    TRANSIENT: (
        "SERVER_UNAVAILABLE UNABLE_TO_LOCK_ROW INVALID_QUERY_LOCATOR FUNCTIONALITY_TEMPORARILY_UNAVAILABLE "
        "TOO_MANY_APEX_REQUESTS ALREADY_IN_PROCESS server_error temporarily_unavailable"
    ),
    # retried at most twice, then for a person: the same query or trigger tends to fail again
    UNKNOWN: (
        "UNKNOWN_EXCEPTION APEX_ERROR QUERY_TIMEOUT REQUEST_RUNNING_TOO_LONG TXN_SECURITY_METERING_ERROR "
        "OPERATION_TOO_LARGE"
    ),
    CONTRACT: (
        "INVALID_REPLICATION_DATE EXCEEDED_ID_LIMIT API_DISABLED_FOR_ORG API_CURRENTLY_DISABLED "
        "INSUFFICIENT_ACCESS_OR_READONLY INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY INSUFFICIENT_ACCESS "
        "INVALID_FIELD_FOR_INSERT_UPDATE INVALID_FIELD INVALID_TYPE INVALID_QUERY_FILTER_OPERATOR MALFORMED_QUERY "
        "MALFORMED_SEARCH CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY CANNOT_EXECUTE_FLOW_TRIGGER STORAGE_LIMIT_EXCEEDED "
        "LIMIT_EXCEEDED EXCEEDED_MAX_SIZE_REQUEST METHOD_NOT_ALLOWED UNSUPPORTED_MEDIA_TYPE UNSUPPORTED_API_VERSION "
        "LICENSE_LIMIT_EXCEEDED "
        "INVALIDENTITY INVALIDOPERATION INVALIDJOB INVALIDJOBSTATE FEATURENOTENABLED "
        "invalid_request unsupported_grant_type"
    ),
    DUPLICATE: "DUPLICATE_VALUE DUPLICATES_DETECTED DUPLICATE_EXTERNAL_ID",
    DEPENDENCY: "STANDARD_PRICE_NOT_DEFINED",
    GONE: "ENTITY_IS_DELETED",
    BUSINESS: (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION REQUIRED_FIELD_MISSING STRING_TOO_LONG INVALID_EMAIL_ADDRESS "
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST FIELD_INTEGRITY_EXCEPTION NUMBER_OUTSIDE_VALID_RANGE "
        "JSON_PARSER_ERROR INVALID_TYPE_ON_FIELD_IN_RECORD INVALID_CROSS_REFERENCE_KEY DELETE_FAILED ENTITY_IS_LOCKED "
        "MALFORMED_ID CANNOT_UPDATE_CONVERTED_LEAD INACTIVE_OWNER_OR_USER INVALID_PERSON_ACCOUNT_OPERATION "
        "CIRCULAR_DEPENDENCY FIELD_FILTER_VALIDATION_EXCEPTION UNAVAILABLE_RECORDTYPE_EXCEPTION "
        "TRANSFER_REQUIRES_READ OP_WITH_INVALID_USER_TYPE_EXCEPTION INVALID_CURRENCY_ISO SELF_REFERENCE_FROM_TRIGGER"
    ),
}
KIND_BY_CODE = {code: kind for kind, codes in _BY_KIND.items() for code in codes.split()}

_KIND_BY_STATUS = {
    300: DUPLICATE,
    301: CONTRACT,
    302: CONTRACT,
    303: CONTRACT,
    307: CONTRACT,
    308: CONTRACT,
    401: AUTH,
    408: TRANSIENT,
    409: CONFLICT,
    412: CONFLICT,
    413: CONTRACT,
    414: CONTRACT,
    429: THROTTLED,
    431: CONTRACT,
    500: UNKNOWN,
}

# Where the service itself refused: the reply carries a code, if one that the table above does not know.
_KIND_BY_STATUS_OF_SERVICE = {403: CONTRACT, 404: CONTRACT, 405: CONTRACT, 410: CONTRACT, 415: CONTRACT}

_ROW_PATH = re.compile(r"/sobjects/[^/?]+/(?!describe\b|updated\b|deleted\b)[^/?]+")
_RECORD_ID = re.compile(r"\b[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?\Z")
_SECRETS = (
    (re.compile(r"\b00D\w{9,15}!?![\w.]*"), "***"),
    (re.compile(r"((?:access_token|client_secret|assertion|refresh_token)\"?\s*[=:]\s*\"?)[^\"&\s,}]+"), r"\1***"),
    (re.compile(r"(Bearer\s+)\S+"), r"\1***"),
)


class ClientError(Exception):
    """A failure of the remote side or of the way to it.

    kind: one of `KINDS`. code: the remote errorCode, or one of ours (`READ_TIMEOUT`, `DELETED_WINDOW_LOST`, …).
    fields: remote field names. http_status: None when there was no answer. retry_after: seconds, None when not known.
    body_excerpt: the start of the answer, secrets removed, personal data possibly left: to be masked before it is
    shown. record_ids: 18-character ids of the records that a duplicate refusal points at.
    """

    def __init__(
        self,
        kind: str,
        code: str,
        message: str = "",
        fields: Iterable[str] = (),
        http_status: int | None = None,
        retry_after: float | None = None,
        body_excerpt: str = "",
        record_ids: Iterable[str] = (),
    ) -> None:
        if kind not in KINDS:
            raise ValueError(f"unknown fault class {kind!r}")
        self.kind = kind
        self.code = code
        self.message = scrub(message)
        self.fields = tuple(fields)
        self.http_status = http_status
        self.retry_after = retry_after
        self.body_excerpt = scrub(body_excerpt[: EXCERPT_LENGTH * 4])[:EXCERPT_LENGTH]
        self.record_ids = tuple(record_ids)
        super().__init__(f"{code}: {self.message}" if self.message else code)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (
            self.kind,
            self.code,
            self.message,
            self.fields,
            self.http_status,
            self.retry_after,
            self.body_excerpt,
            self.record_ids,
        )

    def __repr__(self) -> str:
        # no message and no body: a repr ends up in logs, and both may quote a customer's data
        return f"ClientError(kind={self.kind!r}, code={self.code!r}, http_status={self.http_status!r})"


def odd_answer(body: Any, expected: str) -> ClientError:
    """The error of a well answer of another shape than `expected`, a sentence.

    Nothing at all (JSON null) is a slip on the way, which the next try does not meet; any other shape stays what it is.
    """
    if body is None:
        return ClientError(TRANSIENT, "EMPTY_ANSWER", "the answer is empty")
    return ClientError(CONTRACT, "ODD_ANSWER", expected)


def scrub(text: str) -> str:
    """The text without tokens and secrets (session ids look like `00D…!…`)."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def classify(code: str, message: str = "", *, status: int | None = None, path: str = "") -> str:
    """The fault class of one error entry.

    `status` decides only when there is no code, or one that the table does not know; `path` tells a missing record
    from a missing object or field, which share NOT_FOUND.
    """
    if "UNABLE_TO_LOCK_ROW" in message:
        return TRANSIENT  # a flow or trigger failed on a lock and wraps it in its own code
    if code == "INVALID_FIELD" and "Foreign key external ID" in message:
        return DEPENDENCY
    if code == "NOT_FOUND":
        return _not_found(message, path)
    kind = KIND_BY_CODE.get(code)
    if kind:
        return kind
    if code in FOLLOWERS or status is None:
        return UNKNOWN
    if status in _KIND_BY_STATUS_OF_SERVICE:
        return _KIND_BY_STATUS_OF_SERVICE[status]
    return BUSINESS if 400 <= status < 500 and status not in _KIND_BY_STATUS else kind_by_status(status)


def _not_found(message: str, path: str) -> str:
    if "is not accessible" in message:
        # the same sentence names a record id that is gone, or an external-id field that does not exist
        return GONE if _RECORD_ID.search(message.rstrip(" .")) else CONTRACT
    return GONE if _ROW_PATH.search(path) else CONTRACT


def kind_by_status(status: int) -> str:
    """The fault class of a reply that has no usable error code.

    The service itself gives a code with each refusal. A 4xx without one (406 and 420 were seen) is the word of the edge
    in front of it, which is being set up or moved: it passes.
    """
    if status in _KIND_BY_STATUS:
        return _KIND_BY_STATUS[status]
    return TRANSIENT if status > 500 or 400 <= status < 500 else UNKNOWN


def default_pause(code: str, message: str) -> float | None:
    """Seconds to wait where the server gives no Retry-After: it names none for its limits."""
    if code == "REQUEST_LIMIT_EXCEEDED":
        return CONCURRENT_LIMIT_SECONDS if message.startswith("Concurrent") else DAILY_LIMIT_SECONDS
    return LOGIN_LIMIT_SECONDS if code == "rate_limit_exceeded" else None
