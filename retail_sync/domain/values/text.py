"""Text clean-up and normal forms that transforms, matching, merging and masking share."""

import re
import unicodedata
from functools import lru_cache

# Letters that NFKD does not take apart although readers take them for the plain ones.
_PLAIN_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n", "ŧ": "t"}
)
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_ACRONYM = re.compile(r"(?<!\w)(?:\w\.){2,}(?:\w(?!\w))?|(?<!\w)(?:\w\.)+\w(?!\w)")
_APOSTROPHE = re.compile("['`´‘’ʼ]")
_NOT_WORD = re.compile(r"[\W_]+")


def clean_text(value: object) -> str | None:
    """Text that a database takes and a reader sees: no control or invisible characters, line ends as ``\\n``.

    Outer white space goes, inner line breaks stay; nothing left becomes ``None``.
    """
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable():
        return text.strip() or None
    text = _SURROGATE.sub("\ufffd", text)
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text)).replace("\u00a0", " ")
    text = _CONTROL.sub(" ", text)
    return unicodedata.normalize("NFC", text).strip() or None


def single_line(value: object) -> str | None:
    """Like ``clean_text``, with every run of white space made one blank."""
    text = clean_text(value)
    return _SPACE.sub(" ", text) if text else None


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Case, diacritics and doubled white space removed: the form in which two spellings are compared."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_PLAIN_LETTERS))
        text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACE.sub(" ", text.casefold()).strip()


@lru_cache(maxsize=8192)
def fold_words(text: str) -> str:
    """``fold`` with punctuation removed: words of letters and digits, one blank between them.

    Abbreviations close up ("S.p.A." -> "spa"), apostrophes vanish ("O'Neil" -> "oneil"), "&" reads "and".
    """
    folded = fold(text)
    folded = _ACRONYM.sub(lambda match: match.group().replace(".", ""), folded)
    folded = _APOSTROPHE.sub("", folded).replace("&", " and ")
    return _NOT_WORD.sub(" ", folded).strip()


def storable(value: object) -> object:
    """A JSON-able value as a database takes it: what it refuses (NUL, halves of a surrogate pair) is replaced."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(entry) for entry in value]
    return value
