"""Legal forms of companies: one word for each, and which of them are one form in two spellings."""

import re
from functools import lru_cache

# Spelt out -> the short word. Forms that name one kind of entity in one legal system share a word.
_SPELT = {
    "gesellschaft mit beschrankter haftung": "gmbh",
    "gesellschaft mbh": "gmbh",
    "g m b h": "gmbh",
    "ges m b h": "gmbh",
    "gesmbh": "gmbh",
    "ges mbh": "gmbh",
    "mbh": "gmbh",
    "gemeinnutzige gmbh": "ggmbh",
    "unternehmergesellschaft": "ug",
    "gemeinnutzige ug": "gug",
    "eingetragener verein": "ev",
    "eingetragene genossenschaft": "eg",
    "eingetragene kauffrau": "ek",
    "e kfm": "ek",
    "e kfr": "ek",
    "partnerschaftsgesellschaft mbb": "partg",
    "partg mbb": "partg",
    "partgmbb": "partg",
    "partnerschaft": "partg",
    "ug haftungsbeschrankt": "ug",
    "aktiengesellschaft": "ag",
    "kommanditgesellschaft": "kg",
    "offene handelsgesellschaft": "ohg",
    "eingetragener kaufmann": "ek",
    "e k": "ek",
    "e v": "ev",
    "e u": "eu",
    "und co kg": "kg",
    "and co kg": "kg",
    "co kg": "kg",
    "societa a responsabilita limitata": "srl",
    "societa per azioni": "spa",
    "s r l": "srl",
    "s r l s": "srls",
    "s p a": "spa",
    "s n c": "snc",
    "s a s": "sas",
    "sociedad limitada": "sl",
    "sociedad de responsabilidad limitada": "sl",
    "sociedad anonima": "sa",
    "s l u": "sl",
    "slu": "sl",
    "s l": "sl",
    "s a u": "sa",
    "sau": "sa",
    "s a": "sa",
    "s c": "sc",
    "societe anonyme": "sa",
    "societe a responsabilite limitee": "sarl",
    "societe par actions simplifiee": "sas",
    "sasu": "sas",
    "eurl": "sarl",
    "s a r l": "sarl",
    "limitada": "ltda",
    "lda": "ltda",
    "besloten vennootschap": "bv",
    "naamloze vennootschap": "nv",
    "b v": "bv",
    "n v": "nv",
    "v o f": "vof",
    "bvba": "bv",
    "limited liability company": "llc",
    "limited liability partnership": "llp",
    "public limited company": "plc",
    "l l c": "llc",
    "l l p": "llp",
    "p l c": "plc",
    "incorporated": "inc",
    "corporation": "corp",
    "limited": "ltd",
    "private limited": "ltd",
    "pvt ltd": "ltd",
    "pte ltd": "ltd",
    "pty ltd": "ltd",
    "pty limited": "ltd",
    "pte limited": "ltd",
    "pvt limited": "ltd",
    "proprietary limited": "ltd",
    "spolka z ograniczona odpowiedzialnoscia": "spzoo",
    "spolka z o o": "spzoo",
    "spolka z oo": "spzoo",
    "spolka zoo": "spzoo",
    "sp z o o": "spzoo",
    "sp zoo": "spzoo",
    "sp z oo": "spzoo",
    "spolka akcyjna": "sa",
    "sp j": "spj",
    "sp k": "spk",
    "spolecnost s rucenim omezenym": "sro",
    "spol s r o": "sro",
    "spol sro": "sro",
    "s r o": "sro",
    "akciova spolecnost": "as",
    "a s": "as",
    "v o s": "vos",
    "d o o": "doo",
    "d d": "dd",
    "o o o": "ooo",
    "obshchestvo s ogranichennoy otvetstvennostyu": "ooo",
    "osakeyhtio": "oy",
    "aktiebolag": "ab",
    "aktieselskab": "as",
    "anpartsselskab": "aps",
    "aksjeselskap": "as",
    "anonim sirketi": "as",
    "limited sirketi": "ltd",
    "ltd sti": "ltd",
    "anonim sti": "as",
    "gomei kaisha": "gomei",
    "godo kaisha": "gk",
    "korlatolt felelossegu tarsasag": "kft",
    "s a b de c v": "sa",
    "sa de cv": "sa",
    "s de rl de cv": "srl",
    "kabushiki kaisha": "kk",
    "anonymi etaireia": "ae",
    "anonymi etairia": "ae",
    "anonymos etaireia": "ae",
    "anonymos etairia": "ae",
    "etaireia periorismenis efthynis": "epe",
}
_SPELLING = re.compile(rf"\b(?:{'|'.join(sorted(_SPELT, key=lambda text: (-len(text), text)))})\b")
_FORMS = frozenset(
    "gmbh ag kg kgaa ohg ug se ek ev eg gbr eu srl srls spa snc sas sapa sa sarl sl sc sca sci scop slne bv nv vof cv "
    "ltd inc corp co llc llp lp plc pc pllc ltda eireli me epp spzoo spj spk sro as vos zs doo dd ad ood eood ooo zao "
    "oao pao ip oy oyj ab hb kb aps is ans asa kft zrt nyrt bt sia uab tov kk yk sdn bhd epe ae ike "
    "ggmbh gug partg".split()
)
# The short word -> how it is spelt out.
_LONG = {"ltd": ("limited",), "inc": ("incorporated",), "corp": ("corporation",), "gmbh": ("mbh",)}
# Words around a form that say nothing about it.
_TRADING = frozenset(("co", "company", "cie", "compagnie", "and"))
# "Inc." and "Corp." name the same entity in the United States; sources swap them freely.
_ALIKE = {"corp": "inc", "oyj": "oy"}


@lru_cache(maxsize=8192)
def split_legal_form(words: str) -> tuple[str, frozenset[str]]:
    """(the name without its legal form, the forms) of folded words. A name of nothing but forms keeps its words.

    A form is one only after the first word: "AG Insurance" and "SE Bikes" are names.
    """
    text = _SPELLING.sub(lambda match: _SPELT[match.group()] if match.start() else match.group(), words)
    name = text.split()
    forms = []
    while len(name) > 1 and (name[-1] in _FORMS or name[-1] in _TRADING):
        forms.append(name.pop())
    # In the middle ("Acme GmbH Berlin") only what can be no other word.
    forms += [word for word in name[1:] if len(word) > 2 and word in _FORMS]
    name = [word for index, word in enumerate(name) if not index or len(word) < 3 or word not in _FORMS]
    return " ".join(name), frozenset(_ALIKE.get(word, word) for word in forms if word in _FORMS and word != "co")


# Chinese, Japanese and Korean forms, which stand before or behind the name without a blank.
_SIGNS = {
    **dict.fromkeys(("株式会社", "(株)", "（株）", "㈱"), "kk"),
    **dict.fromkeys(("有限会社", "(有)", "（有）", "㈲"), "yk"),
    **{"合同会社": "godo", "合資会社": "goshi", "合名会社": "gomei"},
    **{"股份有限公司": "coltd", "有限责任公司": "ltd", "有限責任公司": "ltd", "有限公司": "ltd"},
    **{"주식회사": "jusik", "(주)": "jusik", "（주）": "jusik", "㈜": "jusik", "유한회사": "yuhan"},
}
_SIGN = re.compile("|".join(map(re.escape, sorted(_SIGNS, key=lambda text: (-len(text), text)))))


def split_signs(name: str) -> tuple[str, frozenset[str]]:
    """(the name without forms that are written in signs, the forms). A name of nothing but forms keeps them."""
    found = [] if name.isascii() else _SIGN.findall(name)
    bare = _SIGN.sub(" ", name) if found else name
    return (bare, frozenset(_SIGNS[form] for form in found)) if bare.strip() else (name, frozenset())


def is_form(word: str) -> bool:
    return word in _FORMS


def spellings(forms: frozenset[str]) -> frozenset[str]:
    """The forms, and the longer words for them."""
    return forms.union(*(_LONG.get(form, ()) for form in forms))
