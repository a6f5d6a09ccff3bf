"""Chinese, Korean and Vietnamese first names: each letter and each mark makes another name, no spelling of one."""

import re
import unicodedata
from functools import cache, lru_cache
from typing import Protocol

from .nicknames import is_in_use

# Family names in the usual romanisations; several of them are first names or words elsewhere, so both sides must agree.
_FAMILIES = """
ahn ai an ang ao au bach bae baek bai ban bang bao bi bian bien bo bong bu bui byeon byun cai can cao cen cha chae
chai cham chan chang chao chau che chen cheng cheon cheong cheung chi chia chiang chien chim chin ching chiu cho choi
chon chong choo chou chow chu chua chuang chui chun chung cong cui cung cuong dai dam dang dao dau deng diao diem diep
ding dinh do doan dokgo dong dou du duan dung duong eom eum eun fan fang fei feng fok foo fu fung gan gang gao ge geng
geum giang giap gil go goh gong gu guan gui guk guo gwak gye ha hahm hai ham han hang hao he heng heo ho hoang hong
hou hsiao hsieh hsu hu hua huang hui hung huo huynh hwang hwangbo hyeon hyun im in jang je jegal jeon jeong ji jia
jian jiang jiao jim jin jing jo joo joung ju jun jung kan kang ke keum kha khong khuat khuc khuu kieu kil kim ko kong
koo kook kou kuan kuang kuk kuo kwak kwan kwok kwon kwong kye la lai lam lan lao lau law le lee lei leng leong leung
li lian liang liao lieu lim lin ling liu lo loc loh long lou low lu luc lui luo luong luu lv ly lyu ma mac maeng mai
man mao mei meng miao min ming mo mok moon mou mu mun murong myeong myung na nam namgoong namgung namkung nan nang
nghiem ngo ngu nguy nguyen ni nie ning ninh niu noh nong oh ok on ong ou ouyang pae paik pak pan pang park pei peng
pham phan phi pho phung pi ping pu pyeon pyo pyun qi qian qiao qin qiu qu quach quan que rao ren rhee ri roh rong ru
ruan rui ryoo ryu sa sagong seo seok seol seomun seong shan shang shangguan shao she shen sheng shi shih shim shin shu
shui si sim sima sin sit situ siu so soh son song soo su suh sui suk sun sung sunwoo ta tae tai tak tam tan tang tao
teng thach thai tham than thanh thi thieu tian tien tieu tin ting to ton tong tran trang trieu trinh truong tsai tsang
tse tseng tsoi tsui tu tung ty uhm um ung uong van vi vien vo vong vu vuong wan wang wei wen weng wi wo won wong woo
wu xi xia xian xiang xiao xie xin xing xiong xu xue xun yan yang yao ye yeh yeo yeom yeon yeung yi yim yin ying yip
yong yoo yoon you yu yuan yue yuen yuk yum yun yung zang zeng zha zhai zhan zhang zhao zhen zheng zhi zhong zhou zhu
zhuang zhuge zhuo zong zou zu zuo
"""
# Pinyin, the only romanisation strict enough to tell a name without its family name.
_PINYIN = re.compile(
    "(?:(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?"
    "(?:iang|iong|uang|ang|eng|ong|iao|ian|ing|uai|uan|ai|ei|ao|ou|an|en|er|ia|ie|iu|in|ua|uo|ui|un|ue|a|o|e|i|u|v)){1,2}"
)
# Of these, the words that stand in front of family names in Europe.
_EUROPEAN_TOO = frozenset("van le la do da du to an mac".split())
# In Vietnam a few family names are most people's.
_VIETNAMESE = frozenset("nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh trinh".split())
# One or two syllables, as the first names of East Asia have in any romanisation.
_SYLLABLES = re.compile("(?:[^aeiouy ]{0,3}[aeiouy]{1,3}(?:ng|nh|ch|[nmpctkl])?[ ]?){1,2}")
_SIGNS = re.compile("[\u1100-\u11ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# Tone marks and hooks of Vietnamese and of pinyin that hardly any other language writes on a first name.
_OWN_MARKS = frozenset("\u0304\u0309\u030c\u031b\u0323")


class _Name(Protocol):
    @property
    def given(self) -> str: ...

    @property
    def family(self) -> str: ...

    @property
    def marked(self) -> str: ...

    @property
    def family_marked(self) -> str: ...


@cache
def _families() -> frozenset[str]:
    return frozenset(_FAMILIES.split())


def marked_words(whole: str, given: list[str]) -> str:
    """The first name as written, without case: only where it has marks that ``given``, its folded words, lost.

    :param whole: the full name as it came
    """
    if whole.isascii() or not given or _SIGNS.search(given[0]):
        return ""
    words = re.split(r"[\s\-]+", unicodedata.normalize("NFC", whole).lower())
    return " ".join(word for word in words if _bare(word) in given and word != _bare(word))


def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=8192)
def _is_of_them(given: str, family: str, marked: str) -> bool:
    """Whether a folded name is Chinese, Korean or Vietnamese by its family name, signs or marks."""
    if _SIGNS.search(given) or _first_word(family) in _families() or given.partition(" ")[0] in _families():
        return True
    return any(char in _OWN_MARKS for char in unicodedata.normalize("NFD", marked))


def _first_word(family: str) -> str:
    """The first word of a family name; not the "van" or "le" in front of a European one."""
    first, _blank, rest = family.partition(" ")
    return _first_word(rest) if rest and first in _EUROPEAN_TOO else first


@lru_cache(maxsize=8192)
def _is_pinyin(given: str) -> bool:
    """Whether a folded first name reads as one or two syllables of Chinese, and is no name of another language."""
    words = given.split()
    return len(words) <= 2 and not is_in_use(given) and bool(_PINYIN.fullmatch("".join(words)))


def has_signs(text: str) -> bool:
    """Whether a text has Chinese signs or Korean letters."""
    return not text.isascii() and bool(_SIGNS.search(text))


def is_east_asian(name: _Name) -> bool:
    """Whether a name is Chinese, Korean or Vietnamese by its family name, signs or marks."""
    return _is_of_them(name.given, name.family, name.marked)


def may_be_of_them(name: _Name) -> bool:
    """Whether a name may be Chinese, Korean or Vietnamese: where a letter more is never taken for a slip."""
    return _is_of_them(name.given, name.family, name.marked) or _is_pinyin(name.given)


def are_two_names(left: _Name, right: _Name) -> bool:
    """Whether two first names that compare as spellings of one are two names in China, Korea or Vietnam: by another
    letter or mark (Guo, Gou; Thanh, Thành), or syllables that part elsewhere (Min-a, Mi-na).
    """
    if not (left.given and right.given):
        return False
    first, second = left.given.split(), right.given.split()
    same_letters = "".join(first) == "".join(second)
    same_syllables = same_letters and (first == second or 1 in (len(first), len(second)))
    if same_syllables and left.marked == right.marked:
        return False
    if all(_is_of_them(name.given, name.family, name.marked) for name in (left, right)):
        return True
    return not same_syllables and _is_pinyin(left.given) and _is_pinyin(right.given)


def may_be_turned_round(left: _Name, right: _Name) -> bool:
    """Whether two people of one first name may be two of one family, written in the order of East Asia: Nguyen Hung and
    Nguyen Huong.
    """
    if left.family == right.family:
        # Without marks they are one: Nguyễn Hùng and Nguyễn Hưng.
        return left.given.partition(" ")[0] in _VIETNAMESE and left.family_marked != right.family_marked
    first, second = left.given.partition(" ")[0], right.given.partition(" ")[0]
    in_order = first in _families() and second in _families()
    return in_order and all(_SYLLABLES.fullmatch(name.family) for name in (left, right))
