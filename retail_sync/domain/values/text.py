"""Text clean-up and normal forms that transforms, matching, merging and masking share."""

import math
import re
import unicodedata
from functools import lru_cache

# Letters that NFKD does not take apart although readers take them for the plain ones: also small capitals, and letters
# of Malayalam that are a consonant with its vowel killer.
_PLAIN_LETTERS = str.maketrans(
    {
        **{"ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŋ": "n"},
        **dict(zip("ŧᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "tabcdefghijklmnopqrstuvwyz", strict=True)),
        **dict(zip("ൺൻർൽൾൿ", ("ണ്", "ന്", "ര്", "ല്", "ള്", "ക്"), strict=True)),
    }
)
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
# U+200C and U+200D shape letters of some scripts and tie emoji together; anywhere else they are remains of a copy.
_JOINERS = re.compile("[\u200c\u200d]+")
_ZWJ = "\u200d"
# Arabic, Syriac, N'Ko, the scripts of India and Sri Lanka, Tibetan, Myanmar, Khmer, Mongolian, Balinese and Javanese.
_JOINING = re.compile(
    "[\u0620-\u074f\u0750-\u077f\u07c0-\u07ff\u0860-\u086f\u08a0-\u08ff\u0900-\u0dff\u0f00-\u0fff\u1000-\u109f"
    "\u1780-\u18af\u1b00-\u1b7f\ua8e0-\ua8ff\ua980-\ua9df\uaa60-\uaa7f\ufb50-\ufdff\ufe70-\ufefc]"
)
# The vowel killers of those scripts: Malayalam ends words in one and a joiner, its old chillu letters.
_KILLERS = frozenset("\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2")
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")
_EMOJI_ENDINGS = frozenset("\ufe0f\u20e3")
# What no reader sees in a name: two spellings that differ in it alone are one.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# Marks that a spelling may leave out: accents of Latin, Greek and Cyrillic letters, points of Hebrew, Arabic and
# Syriac, nuktas. All others write vowels and tones (India, Thailand) or other consonants (kana): without them it is
# another name.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u0898-\u089f\u08ca-\u08ff\u093c\u09bc\u0a3c\u0abc\u0b3c"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufb1e\ufe20-\ufe2f]"
)
# Vowel signs are no letters to ``\w``, and are part of the word all the same.
_MARKS = "".join(char for char in map(chr, range(0x300, 0x10000)) if unicodedata.category(char)[0] == "M")
# NFC replaces these by the common form of the character.
_VARIANTS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SPACE = re.compile(r"\s+")
_ACRONYM = re.compile(r"(?<!\w)(?:\w\.){2,}(?:\w(?!\w))?|(?<!\w)(?:\w\.)+\w(?!\w)")
_APOSTROPHE = re.compile("['`´‘’ʼ]")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_NOT_WORD = re.compile(rf"(?:[^\w{_MARKS}]|_)+")


def clean_text(value: object) -> str | None:
    """Text that a database takes and a reader sees: no control or invisible characters, line ends as ``\\n``.

    Outer white space goes, inner line breaks stay; nothing left becomes ``None``.
    """
    text = value if isinstance(value, str) else str(value)
    if text.isascii() and text.isprintable():
        return text.strip() or None
    text = _SURROGATE.sub("\ufffd", text)
    text = _INVISIBLE.sub("", _LINE_END.sub("\n", text)).replace("\u00a0", " ")
    text = _composed(_CONTROL.sub(" ", text))
    while _JOINERS.search(text):
        # Marks that a joiner held apart may change places once it is gone.
        kept = _composed(_JOINERS.sub(_joiners_that_count, text))
        if kept == text:
            break
        text = kept
    return text.strip() or None


def _composed(text: str) -> str:
    """Return a text in form NFC, but with the variants of Chinese characters that it has: names are written in them."""
    pieces = _VARIANTS.split(text)
    return "".join(piece if at % 2 else unicodedata.normalize("NFC", piece) for at, piece in enumerate(pieces))


def _joiners_that_count(match: re.Match[str]) -> str:
    """Return the joiners of a match where they change how the letters or emoji around them are written, else ''."""
    text, joiners = match.string, match.group()
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    if _JOINING.match(before) and (_JOINING.match(after) or (before in _KILLERS and joiners == _ZWJ)):
        return joiners[0] if len(set(joiners)) == 1 else joiners
    ties_emoji = joiners[0] == _ZWJ and (_EMOJI.match(before) or before in _EMOJI_ENDINGS) and _EMOJI.match(after)
    return _ZWJ if before and ties_emoji else ""


def single_line(value: object) -> str | None:
    """Like ``clean_text``, with every run of white space made one blank."""
    text = clean_text(value)
    return _SPACE.sub(" ", text) if text else None


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Case, diacritics, invisible characters and doubled white space removed: the form in which spellings compare."""
    if not text.isascii():
        seen = _UNSEEN.sub("", text)
        decomposed = unicodedata.normalize("NFKD", seen.casefold().translate(_PLAIN_LETTERS))
        text = _ACCENTS.sub("", decomposed)
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


def place_key(text: str) -> str:
    """Return a text without case, punctuation and blanks; two numbers in it stay two.

    Unit 1 of house 24 is not unit 12 of house 4. A text of digits alone is one number, however they are grouped.
    """
    folded = fold(text)
    pieces = _BETWEEN_NUMBERS.split(folded) if any(char.isalpha() for char in folded) else [folded]
    return " ".join(fold_words(piece).replace(" ", "") for piece in pieces)


def storable(value: object) -> object:
    """A JSON-able value as a database takes it: what it refuses is replaced.

    That is NUL and halves of a surrogate pair; of numbers those without end, which JSON does not know, become text.
    """
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {storable(key): storable(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [storable(entry) for entry in value]
    return value
