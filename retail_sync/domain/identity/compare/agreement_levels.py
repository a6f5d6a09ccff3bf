"""The words for how well two values agree, from exact to missing."""

EXACT = "exact"
VARIANT = "variant"  # another form of the same: nickname, romanisation, without particles
CLOSE = "close"  # one slip of the pen
SIMILAR = "similar"  # resembles, may be another
PART = "part"  # one contains the other
INITIAL = "initial"
SHARED = "shared"  # the same value, but one that stands for several people
DIFFERENT = "different"
MISSING = "missing"
