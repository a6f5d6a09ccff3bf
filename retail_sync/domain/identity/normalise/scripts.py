"""Names in Cyrillic and Greek letters written in Latin ones, and the skeleton that several romanisations share."""

import re
from functools import lru_cache

from ...values.text import fold_words

# Common romanisation; what the standards disagree on (ya/ia/ja, kh/h, ts/c) the skeleton evens out.
_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфыэіїєґўј", "abvgdeziyklmnoprstufyeiyegwj", strict=True)),
    **{"ё": "yo", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu"},
    **{"я": "ya", "љ": "lj", "њ": "nj", "ђ": "dj", "ћ": "c", "џ": "dz", "ѓ": "gj", "ќ": "kj", "ѕ": "dz"},
}
_GREEK = {
    **dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)),
    **{"θ": "th", "χ": "ch", "ψ": "ps"},
    **{"ά": "a", "έ": "e", "ή": "i", "ί": "i", "ϊ": "i", "ΐ": "i", "ό": "o", "ύ": "y", "ϋ": "y", "ΰ": "y", "ώ": "o"},
}
_LETTERS = str.maketrans({**_CYRILLIC, **_GREEK})
_GREEK_PAIRS = (("ου", "ou"), ("ού", "ou"), ("μπ", "b"), ("ντ", "nt"), ("γγ", "ng"), ("γκ", "gk"), ("αυ", "av"))
# Of the letters above those that look like a Latin one. In a word that has Latin letters too they stand for it.
_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("АВЕІЈКМНОРСТУХЅаеіјорсухѕ", "ABEIJKMHOPCTYXSaeijopcyxs", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧανορυχι", "ABEZHIKMNOPTYXavopuxi", strict=True)),
    }
)
_MIXED_WORD = re.compile("(?=[^\\W\\d_]*[A-Za-z])(?=[^\\W\\d_]*[\u0370-\u03ff\u0400-\u04ff])[^\\W\\d_]+")
# Both kana write the same syllables; Arabic and Persian keyboards have their own yeh, kaf and heh.
_ONE_SPELLING = {
    **{code: code - 0x60 for code in range(0x30A1, 0x30F7)},
    **str.maketrans("یىکةۀھ", "ييكههه"),
}
_FOREIGN = re.compile("[\u0370-\u03ff\u0400-\u04ff\u1f00-\u1fff]")
# By first and last letter of each alphabet.
_SCRIPTS = {
    **{"greek": "\u0370-\u03ff\u1f00-\u1fff", "cyrillic": "\u0400-\u052f", "armenian": "\u0530-\u058f"},
    **{"hebrew": "\u0590-\u05ff", "arabic": "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc"},
    **{"devanagari": "\u0900-\u097f", "bengali": "\u0980-\u09ff", "gurmukhi": "\u0a00-\u0a7f"},
    **{"gujarati": "\u0a80-\u0aff", "oriya": "\u0b00-\u0b7f", "tamil": "\u0b80-\u0bff", "telugu": "\u0c00-\u0c7f"},
    **{"kannada": "\u0c80-\u0cff", "malayalam": "\u0d00-\u0d7f", "sinhala": "\u0d80-\u0dff"},
    **{"thaana": "\u0780-\u07bf", "syriac": "\u0700-\u074f", "tibetan": "\u0f00-\u0fff"},
    **{"thai": "\u0e00-\u0e7f", "lao": "\u0e80-\u0eff", "burmese": "\u1000-\u109f"},
    **{"georgian": "\u10a0-\u10ff", "hangul": "\u1100-\u11ff\uac00-\ud7af", "ethiopic": "\u1200-\u137f"},
    **{
        "khmer": "\u1780-\u17ff",
        "kana": "\u3040-\u30ff\uff66-\uff9f",
        "han": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff",
    },
}
_LETTER_OF = re.compile("|".join(f"(?P<{name}>[{letters}])" for name, letters in _SCRIPTS.items()))
# Longest first: each spelling of one sound becomes one letter.
_SOUNDS = (
    *(("shch", "s"), ("sch", "s"), ("tsch", "c"), ("tch", "c"), ("cz", "c"), ("ch", "c"), ("sh", "s"), ("sz", "s")),
    *(("zh", "z"), ("kh", "h"), ("ph", "f"), ("th", "t"), ("ts", "c"), ("tz", "c"), ("ck", "k"), ("ks", "x")),
    *(("ou", "u"), ("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"), ("j", "i"), ("y", "i"), ("w", "v")),
)
_REPEATED = re.compile(r"(.)\1+")


def latin(text: str) -> str:
    """``text`` in lower case with Cyrillic and Greek letters in Latin ones; other letters stay."""
    if text.isascii() or not _FOREIGN.search(text):
        return text
    lowered = _MIXED_WORD.sub(lambda word: word.group().translate(_LOOK_ALIKES), text).lower()
    for pair, letters in _GREEK_PAIRS:
        lowered = lowered.replace(pair, letters)
    return lowered.translate(_LETTERS)


@lru_cache(maxsize=8192)
def foreign_script(text: str) -> str:
    """The script of the first letter that is not Latin: "han", "cyrillic" ...; empty where all are."""
    found = None if text.isascii() else _LETTER_OF.search(text)
    return (found.lastgroup or "") if found else ""


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Latin words without case, diacritics and punctuation, the form in which names are compared.

    Kana are hiragana, Persian letters Arabic ones.
    """
    folded = fold_words(latin(text))
    return folded if folded.isascii() else folded.translate(_ONE_SPELLING)


@lru_cache(maxsize=8192)
def skeleton(word: str) -> str:
    """What stays when spellings of one sound are evened out: Mueller and Muller, Yulia and Julia are one."""
    for spelling, letter in _SOUNDS:
        if spelling in word:
            word = word.replace(spelling, letter)
    return _REPEATED.sub(r"\1", word)
