"""Secrets sealed with a key that is kept outside the database."""

import pytest
from cryptography.fernet import Fernet

from retail_sync.domain.security import sealing

FORMER, PRESENT, FOREIGN = (Fernet.generate_key().decode() for _number in range(3))


def test_a_sealed_secret_shows_nothing_and_opens_again():
    sealed = sealing.seal("hunter2hunter2", [PRESENT])
    assert sealed.startswith(sealing.PREFIX) and "hunter2" not in sealed
    assert sealing.unseal(sealed, [PRESENT]) == "hunter2hunter2"
    assert sealing.seal(sealed, [PRESENT]) == sealed, "sealed once"


def test_without_a_key_a_secret_stays_as_it_is():
    assert sealing.seal("s", []) == "s" == sealing.unseal("s", []) == sealing.unseal("s", [PRESENT])
    assert sealing.seal("", [PRESENT]) == ""


def test_a_former_key_still_opens_and_the_first_one_seals():
    assert sealing.unseal(sealing.seal("s", [FORMER]), [PRESENT, FORMER]) == "s"
    assert sealing.unseal(sealing.seal("s", [PRESENT, FORMER]), [PRESENT]) == "s"


@pytest.mark.parametrize("keys", [[], [FOREIGN], ["no key"]])
def test_no_other_key_opens_it(keys):
    with pytest.raises(sealing.KeyMissing):
        sealing.unseal(sealing.seal("s", [PRESENT]), keys)
    with pytest.raises(sealing.KeyMissing):
        sealing.unseal(sealing.PREFIX + "nonsense", [PRESENT])


def test_what_is_no_key_is_said_and_nothing_is_stored_in_clear():
    with pytest.raises(ValueError):
        sealing.seal("s", ["no key"])
