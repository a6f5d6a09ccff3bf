"""Bodies that a hostile or broken sender may send: good ones that were changed, by one seed, so that a run repeats."""

import random
from collections.abc import Callable, Iterator, Sequence
from os import environ

# RETAIL_SYNC_FUZZ sets how many bodies the tests of one address send; the two addresses make 10,000 together.
ROUNDS = int(environ.get("RETAIL_SYNC_FUZZ", "5000"))
SEED = int(environ.get("RETAIL_SYNC_FUZZ_SEED", "20260520"))

_BYTES = [
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\x1f\x8b\x08",
    b"\r\n\r\n",
    b"\xe2\x80\xae",
    b"%00",
]


def bodies(goods: Sequence[bytes], pieces: Sequence[bytes], rounds: int = ROUNDS) -> Iterator[bytes]:
    """Yield good bodies with some bytes changed.

    :param goods: bodies that would be accepted
    :param pieces: what has a meaning in the format of the body, such as brackets, quotes and entities
    """
    chance = random.Random(SEED)
    pieces = [*pieces, *_BYTES]
    for _round in range(rounds):
        data = bytearray(chance.choice(goods))
        for _change in range(chance.randint(1, 6)):
            chance.choice(_CHANGES)(data, chance, pieces)
        yield bytes(data)


def _replace(data: bytearray, chance: random.Random, pieces: Sequence[bytes]) -> None:
    place = chance.randint(0, len(data))
    data[place : place + chance.randint(0, 30)] = chance.choice(pieces)


def _flip(data: bytearray, chance: random.Random, pieces: Sequence[bytes]) -> None:
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(data: bytearray, chance: random.Random, pieces: Sequence[bytes]) -> None:
    place = chance.randint(0, len(data))
    if chance.random() < 0.2:
        del data[place:]
    else:
        del data[place : place + chance.randint(1, 60)]


def _double(data: bytearray, chance: random.Random, pieces: Sequence[bytes]) -> None:
    place = chance.randint(0, len(data))
    data[place:place] = data[place : place + chance.randint(1, 200)] * chance.choice([1, 1, 2, 20])


def _many(data: bytearray, chance: random.Random, pieces: Sequence[bytes]) -> None:
    if chance.random() < 0.05:
        place = chance.randint(0, len(data))
        data[place:place] = chance.choice(pieces) * chance.choice([100, 2000])


_CHANGES: list[Callable[[bytearray, random.Random, Sequence[bytes]], None]] = [
    _replace,
    _replace,
    _flip,
    _cut,
    _double,
    _many,
]
