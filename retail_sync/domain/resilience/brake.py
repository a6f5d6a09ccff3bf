"""When equal refusals are one problem of the mapping or the platform, and no longer problems of single records."""

# Equal refusals from which on they can be one problem, if the setting names no other number.
REFUSALS = 25
# The least share of what was tried meanwhile: in a large database, single bad values add up to any number.
SHARE = 0.2


def engages(refused: int, tried: int, limit: int = REFUSALS) -> bool:
    """Return whether equal refusals become one exception, and whether what they are about is no longer sent.

    :param refused: records that wait for people because of the same refusal: same stream, code and field
    :param tried: records that the stream has sent in the same time
    """
    return refused >= max(limit, 1) and refused >= SHARE * tried
