"""What can go wrong, in the engine's fault classes, and the step that ends it."""

import re
from collections.abc import Iterable
from enum import Enum
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

EXCERPT_LENGTH = 500

_SECRET_NAMES = r"(?:access|refresh|api|upload)_token|token|client_secret|secret|password|code_verifier|code"
_SECRETS = (
    (re.compile(r"(?i)\b(bearer|basic)(\s+)[\w.~+/=-]{4,}"), r"\1\2***"),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_NAMES})[\"']\s*:\s*)\"(?:[^\"\\]|\\.)*(?:\"|\Z)"), r'\1"***"'),
    (re.compile(rf"(?i)((?<![a-z])(?:{_SECRET_NAMES})=)[^&\s\"']+"), r"\1***"),
    (re.compile(r"(?i)(/token/)[\w-]{6,}"), r"\1***"),  # an attachment's address is its own key
)


class Remedy(str, Enum):
    """The step that ends a fault. The engine decides when; this says what."""

    wait = "wait"  # the same call later, as it is
    renew = "renew"  # a person signs in again or enters another secret
    settings = "settings"  # an administrator of the desk gives a right, a plan or a setting
    reread = "reread"  # read the record, reconcile, write again
    look_up = "look_up"  # the outcome is not known: look for the record by our key before writing again
    record = "record"  # a person corrects the record
    follow_up = "follow_up"  # the ticket is closed for good: continue in a new one that refers to it
    drop = "drop"  # the remote record is gone
    developer = "developer"  # the call itself is wrong

    __str__ = str.__str__


_REMEDY_BY_KIND = {
    TRANSIENT: Remedy.wait,
    THROTTLED: Remedy.wait,
    AUTH: Remedy.renew,
    CONFLICT: Remedy.reread,
    BUSINESS: Remedy.record,
    CONTRACT: Remedy.developer,
    GONE: Remedy.drop,
    DUPLICATE: Remedy.record,
    DEPENDENCY: Remedy.wait,
    UNKNOWN: Remedy.look_up,
}


class ClientError(Exception):
    """A failure of the remote side or of the way to it.

    kind: one of `KINDS`. code: the remote's own, or one of ours (`READ_TIMEOUT`, `FOREIGN_HOST`, …). fields: remote
    field names. http_status: None when there was no answer. retry_after: seconds, None when not known. body_excerpt:
    the start of the answer. Secrets are removed from both texts; personal data may be left, and is masked by whoever
    shows them. remedy: by default that of the kind.
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
        remedy: Remedy | None = None,
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
        self.remedy = remedy or _REMEDY_BY_KIND[kind]
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
            self.remedy,
        )

    def __repr__(self) -> str:
        # no message and no body: a repr ends up in logs, and both may quote a customer's data
        return f"ClientError(kind={self.kind!r}, code={self.code!r}, http_status={self.http_status!r})"


def odd_answer(expected: str) -> ClientError:
    """The error of a well answer of another shape than the sentence `expected` says."""
    return ClientError(CONTRACT, "ODD_ANSWER", expected)


def scrub(text: str) -> str:
    """The text without tokens, secrets and the keys in addresses."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text
