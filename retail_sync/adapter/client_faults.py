"""From the failure of an adapter's client, which knows nothing of Odoo, to the engine's fault."""

from typing import Protocol

from ..domain.resilience.faults import FaultClass, FaultError

# Failures by which an account as a whole cannot be reached safely: no stream of a connection could do better.
UNSAFE_CODES = frozenset(
    ("TLS_CERTIFICATE", "CA_BUNDLE_INVALID", "BAD_URL", "FOREIGN_HOST", "HOST_NOT_ALLOWED", "ADDRESS_NOT_ALLOWED")
)
# Failures of the way to a platform; all others come from the platform itself.
WAY_CODES = UNSAFE_CODES | {
    "TLS_ERROR",
    "NAME_NOT_RESOLVED",
    "CONNECT_TIMEOUT",
    "CONNECTION_REFUSED",
    "CONNECTION_BROKEN",
    "PROXY_ERROR",
    "READ_TIMEOUT",
    "TOKEN_ENDPOINT_UNKNOWN",
}


class ClientFailure(Protocol):
    """What a client says of a failure. kind: a fault class, by the engine's name for it."""

    kind: str
    code: str
    message: str
    fields: tuple[str, ...]
    http_status: int | None
    retry_after: float | None
    body_excerpt: str


def as_fault(failure: ClientFailure) -> FaultError:
    """Return the engine's form of a client's failure."""
    return FaultError(
        FaultClass(failure.kind),
        failure.code,
        failure.message,
        fields=failure.fields,
        retry_after=failure.retry_after,
        http_status=failure.http_status,
        detail=failure.body_excerpt,
    )
