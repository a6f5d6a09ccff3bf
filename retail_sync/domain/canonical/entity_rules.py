"""The rules of an entity: who may write it, how records are found, what the end of a record means."""

from dataclasses import dataclass, fields
from enum import Enum

from .field_spec import DeclarationError, member


class Authority(str, Enum):
    """Who may change records. ``odoo``: published without being read before or merged. ``platform``: only taken in."""

    both = "both"
    odoo = "odoo"
    platform = "platform"


class DeliveryClass(str, Enum):
    """``state``: changes coalesce, the newest wins. ``fact``: never coalesced, in order per record, at most once."""

    state = "state"
    fact = "fact"


class Strategy(str, Enum):
    """How an unknown record finds its counterpart: by its external id only, by a key, or by weighed evidence."""

    none = "none"
    key = "key"
    evidence = "evidence"


@dataclass(frozen=True, slots=True)
class Identity:
    """``field``: the canonical field of strategy ``key``, such as a SKU or a document number."""

    strategy: Strategy = Strategy.none
    field: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "strategy", member(Strategy, self.strategy, "Identity"))
        if bool(self.field) != (self.strategy is Strategy.key):
            raise DeclarationError("Identity names a field exactly when records are found by a key.")

    @classmethod
    def by_key(cls, name: str) -> "Identity":
        return cls(Strategy.key, name)

    @classmethod
    def by_evidence(cls) -> "Identity":
        return cls(Strategy.evidence)


class Effect(str, Enum):
    """What an event on one side does to the record on the other.

    ``policy``: as the stream's setting says. ``archive``, ``deactivate``, ``close``, ``cancel``, ``delete``: that is
    done. ``keep``: nothing changes, the link notes it. ``transition``: the entity's own state changes, by its rules.
    ``append_only``: records are never changed once written. ``refuse``: the event becomes an exception.
    """

    policy = "policy"
    archive = "archive"
    deactivate = "deactivate"
    close = "close"
    cancel = "cancel"
    delete = "delete"
    keep = "keep"
    transition = "transition"
    append_only = "append_only"
    refuse = "refuse"


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What an event on the platform does in Odoo (``remote_*``), and one in Odoo on the platform (``local_*``).

    The default is the harmless one: a record is kept whatever happens to its counterpart.
    """

    remote_deletion: Effect = Effect.keep
    remote_archive: Effect = Effect.keep
    remote_cancellation: Effect = Effect.keep
    local_deletion: Effect = Effect.keep
    local_archive: Effect = Effect.keep
    local_cancellation: Effect = Effect.keep

    def __post_init__(self) -> None:
        for entry in fields(self):
            effect = member(Effect, getattr(self, entry.name), f"Lifecycle, {entry.name}")
            object.__setattr__(self, entry.name, effect)

    @classmethod
    def append_only(cls) -> "Lifecycle":
        return cls(*[Effect.append_only] * len(fields(cls)))

    def effects(self) -> dict[str, Effect]:
        return {entry.name: getattr(self, entry.name) for entry in fields(self)}
