"""What people type where they have nothing to say. A placeholder is a missing value, never an agreement."""

_WORDS = frozenset(
    "na none null nil no unknown unbekannt inconnu desconocido desconhecido sconosciuto onbekend neznamy "
    "nieznany okand "
    "ukendt ukjent tuntematon test tester testing dummy sample example tbd tba pending xx xxx xxxx x asdf qwerty abc "
    "abcd guest gast brak customer kunde client cliente deleted anonymous anonym private privat blank empty leer vacio "
    "vide vuoto same default temp undefined nn xyz noname webshop onlineshop".split()
)
_PHRASES = frozenset(
    (
        *(
            "n a",
            "not provided",
            "not available",
            "not applicable",
            "not known",
            "not given",
            "no name",
            "no data",
            "n n",
        ),
        *("no aplica", "sin datos", "sin nombre", "sans nom", "ohne name", "kein name", "keine angabe", "no address"),
        *("nicht bekannt", "non disponibile", "senza nome", "brak danych", "walk in", "walk in customer", "first name"),
        *("cash customer", "same as above", "see above", "siehe oben", "last name", "test test", "test customer"),
    )
)
_COUNTING = ("0123456789", "1234567890", "9876543210", "123456789", "987654321")


def is_placeholder(words: str) -> bool:
    """True for folded words (see ``text.fold_words``) that stand for nothing: "n a", "unknown", "xxx"."""
    return words in _WORDS or words in _PHRASES


def is_made_up_number(digits: str) -> bool:
    """Return whether the digits are never assigned: fewer than 4, all alike, all alike but a prefix, or counted up.

    A phone's country code stays in front of "000 0000", so its last seven digits are looked at as well.
    """
    if len(digits) < 4 or len(set(digits)) == 1:
        return True
    if len(digits) >= 8 and len(set(digits[-7:])) == 1:
        return True
    return digits.endswith(_COUNTING)
