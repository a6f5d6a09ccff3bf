"""What an adapter declares about its platform: abilities, and the credentials that a person enters."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Polls(str, Enum):
    """How changes are asked for.

    ``none``: not at all. ``stream``: each stream by a call and a job of its own. ``batch``: all streams of a connection
    by one call.
    """

    none = "none"
    stream = "stream"
    batch = "batch"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do. The engine never calls a method whose ability is not declared.

    ``bulk_read``: everything in scope can be read in bulk. ``bulk_changes``: so can what changed since a poll, which
    then says how much remains. ``bulk_ids``: so can the ids alone. ``deletions``: the platform says itself which
    records are deleted or merged. ``write``: records can be created and changed. ``delete``: records can be deleted.
    ``retire``: a record can be marked as a second one of another.
    ``scope_filters``: a stream can be limited to records that meet a condition. ``events``: the platform reports
    changes by webhooks. ``facts``: facts can be appended to its records. ``find_effect``: the
    platform can say whether a fact or an action with a given key had its effect. ``versions``: ids and versions of
    all records can be listed without their values. ``write_seconds``: after this long a call that writes has had its
    effect, or never will: the timeout of the client, with what it repeats.
    """

    polls: Polls = Polls.none
    deletions: bool = False
    bulk_read: bool = False
    bulk_changes: bool = False
    bulk_ids: bool = False
    write: bool = False
    bulk_write: bool = False
    delete: bool = False
    retire: bool = False
    scope_filters: bool = False
    events: bool = False
    facts: bool = False
    find_effect: bool = False
    versions: bool = False
    write_seconds: int = 120


class CredentialKind(str, Enum):
    """How a credential is entered: one line, one hidden line, a PEM block, or one of several choices."""

    text = "text"
    password = "password"
    pem = "pem"
    choice = "choice"


@dataclass(frozen=True, slots=True)
class CredentialField:
    """One thing that the engine has to know to sign in.

    ``name``: under which it is stored, and which option ``<code>_<name>`` of the server configuration replaces it.
    ``label``, ``help``: translated texts. ``secret``: readable by the system only. ``choices``: (value, label) pairs of
    kind ``choice``. Raises ValueError for a choice without choices, and for a hidden kind that is no secret.
    """

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True
    kind: CredentialKind = CredentialKind.text
    choices: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or not self.label:
            raise ValueError(f"Credential {self.name!r} needs a name of letters, digits and underscores, and a label.")
        if (self.kind is CredentialKind.choice) is not bool(self.choices):
            raise ValueError(f"Credential {self.name!r}: choices belong to the kind 'choice', and to no other.")
        if self.kind is CredentialKind.password and not self.secret:
            raise ValueError(f"Credential {self.name!r} is entered hidden, so it has to be declared as a secret.")


# What each adapter answers, and what it answers if it declares an ability: {ability: methods}.
ALWAYS = "every adapter answers it"
REQUIRED: Mapping[str, tuple[str, ...]] = {
    ALWAYS: (
        "capabilities",
        "credential_fields",
        "test_connection",
        "count",
        "begin_cursor",
        "fetch_page",
        "cursor_after_load",
        "cursor_time",
        "read_by_ids",
        "row_key",
    ),
    "bulk_read": ("bulk_begin", "bulk_ready", "bulk_fetch"),
    "bulk_changes": ("bulk_begin_changes",),
    "bulk_ids": ("bulk_begin_ids",),
    "deletions": ("resolve_deleted",),
    "scope_filters": ("check_filter", "read_in_scope"),
    "write": ("encode", "push", "read_by_keys", "export_domain"),
    "bulk_write": ("bulk_push_begin", "bulk_push_ready", "bulk_push_results"),
    "delete": ("delete_remote",),
    "retire": ("retire_remote",),
    "facts": ("push_facts",),
    "find_effect": ("find_effect",),
    "versions": ("list_versions",),
}
POLL_METHODS = {Polls.batch: "poll", Polls.stream: "poll_stream"}
