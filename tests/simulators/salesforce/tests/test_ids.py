import pytest

from tests.simulators.salesforce.ids import BASE62, IdFactory, checksum, to18

VECTORS = ["001D000000ISUr3IAH", "70130000001tcyIAAQ", "00558000001N0KeAAK", "a0D30000001n7PiEAI"]


@pytest.mark.parametrize("id18", VECTORS)
def test_fifteen_characters_get_their_published_suffix(id18):
    assert to18(id18[:15]) == id18
    assert checksum(id18[:15]) == id18[15:]


@pytest.mark.parametrize("id18", VECTORS)
def test_eighteen_characters_are_read_in_any_letter_case(id18):
    assert to18(id18.lower()) == to18(id18.upper()) == to18(id18) == id18


@pytest.mark.parametrize(
    "text", ["", "001", "001D000000ISUr", "001D000000ISUr3I", "001D000000ISU-3", "001D000000ISUr3IA9"]
)
def test_malformed_ids_are_none(text):
    assert to18(text) is None


def test_new_ids_ascend_and_carry_their_prefix():
    factory = IdFactory()
    ids = [factory.new("003") for _ in range(5000)]
    assert ids == sorted(ids) and len(set(ids)) == len(ids)
    assert all(new.startswith("003") and to18(new) == new and set(new) <= set(BASE62) for new in ids)
    assert factory.new("001")[3:15] == ids[0][3:15], "each prefix counts for itself"
