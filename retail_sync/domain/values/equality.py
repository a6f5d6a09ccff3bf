"""When two spellings of one value are equal: as the kind of the field says, see ``canonical.kinds``."""

from ..canonical.kinds import comparable, equal, round_number

__all__ = ["comparable", "equal", "round_number"]
