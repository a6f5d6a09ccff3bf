"""What an adapter declares about its commands: request and answer, for what cannot wait for a job."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class ArgumentSpec:
    """An argument of a command. sensitivity: public, internal, personal, sensitive or secret; decides its masking."""

    name: str
    sensitivity: str = "internal"
    required: bool = True


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """A command that an adapter carries out. answer: {key of the answer: sensitivity}; a key without is personal."""

    arguments: tuple[ArgumentSpec, ...] = ()
    answer: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    label: str = ""

    def missing(self, given: Mapping[str, object]) -> list[str]:
        """Return the names of required arguments that are not given."""
        return [spec.name for spec in self.arguments if spec.required and spec.name not in given]

    def unknown(self, given: Mapping[str, object]) -> list[str]:
        """Return the names that are given and not declared."""
        known = {spec.name for spec in self.arguments}
        return sorted(name for name in given if name not in known)

    def sensitivities(self) -> dict[str, str]:
        """Return {argument: sensitivity}."""
        return {spec.name: spec.sensitivity for spec in self.arguments}
