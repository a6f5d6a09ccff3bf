"""What stands for keys and values in the index of customers: 64 bits each, a quarter of their room."""

from hashlib import blake2b


def key_hash(key: str) -> int:
    """64 bits of a blocking key: a quarter of its room; what it finds is compared field by field anyway."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "big", signed=True)


def value_hash(field: str, value: str) -> int:
    """64 bits of a value that is counted, of its field if the value is empty: that counts all who have any."""
    return key_hash(f"#{field}:{value}")
