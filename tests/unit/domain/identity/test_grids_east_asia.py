"""Grids of Chinese, Korean and Vietnamese first names: a letter or a mark makes another person."""

from itertools import combinations

import pytest

from retail_sync.domain.identity.decide.decision import CREATE, LINK

from .given import HOME, decision, person

SHARED = {**HOME, "mobile": "+8613912345678", "email": "wang.home@qq.com"}
LANDLINE = {**HOME, "phone": "+862112345678"}

PINYIN = """
wei wen wu min ming mei meng li lin ling liang lan jing jin jian jia jun juan yan ying yun yu yong yang xin xing xia
xiao xue xiu hua hui hong hao hai fang fen feng fei bo bin bing gang guo gou dan dong chao chen cheng cen chun ci zi
zhi zhen zhong shan san shu su shi si tao ting tian rui riu lei na nan ping peng qi qiang qin qing wan wang zhe ze kai
kang ai an ou
"""
SECOND = "min ming ling lin na nan yan yang hua xia xin ying jun juan"
KOREAN = """
min-ji min-ju min-jun min-jung min-seo min-su min-ho min-a mi-na mina minji ji-min ji-hun ji-hoon ji-hye ji-won ji-woo
ji-u ji-yeon ji-young ji-na jin-a jina seo-yeon seo-yun seo-jun seo-jin seo-hyun seon-a seo-na so-yeon so-young so-hee
su-min su-jin su-bin su-a hye-jin hye-won hye-rin hyun-woo hyun-jun hyun-a hyuna ye-jin ye-rin ye-eun eun-ji eun-ju
eun-a un-ji yu-jin yu-na yun-a yuna yeon-a ye-na do-yun do-hyun dong-hyun dong-hun tae-yang tae-hyun tae-min woo-jin
u-jin young-ho yeong-ho yong-ho
"""
VIETNAMESE = """
hùng|hưng|hừng|hung|dũng|dung|dụng|đức|lan|lân|lạn|mai|mãi|thanh|thành|thạnh|hạnh|hanh|khánh|khanh|hoa|hòa|hoà|hóa|hoan|hoàn
tâm|tám|tam|thảo|thao|hà|hạ|hải|hai|minh|mịnh|anh|ánh|ân|an|ngọc|ngoc|linh|lĩnh|long|lòng|phúc|phước|quân|quan|quang|sơn|son
tú|tư|tuấn|tuân|tuyết|thu|thư|thuý|thùy|thủy|trang|tráng|trúc|vân|văn|việt|vinh|vịnh|yên|yến|minh anh|ngọc anh|thị lan
thu hà|thu hiền|kim anh|kim oanh|quốc anh|đức anh|tuấn anh|phương|phượng|hương|hường|hằng|hàng|hiền|hiển|hoàng
"""
CHINESE = "伟 维 玮 薇 明 敏 鸣 小明 小敏 小红 大明 国强 国祥 志强 志刚 芳 方 静 晶 丽 莉 丽丽 丽娜 娜 雨 宇 宇航 雨涵"
HANGUL = "민지 민주 민준 민서 지민 지훈 지현 서연 서윤 서준 수민 수진 은지 은주 유진 유나 윤아 현우 현아 하나"


def _two_syllables():
    return [first + second for first in PINYIN.split() for second in SECOND.split()]


NAMES = {
    "Chinese, one syllable": ("Wang", PINYIN.split()),
    "Chinese, two syllables": ("Chen", _two_syllables()[::6]),
    "Chinese, two syllables, of a family not in any list": ("Zzyzx", _two_syllables()[3::9]),
    "Chinese, two words": ("Li", [f"{name[:-2]} {name[-2:]}" for name in _two_syllables()[::17]]),
    "Chinese signs": ("王", CHINESE.split()),
    "Korean": ("Kim", KOREAN.split()),
    "Korean signs": ("김", HANGUL.split()),
    "Vietnamese": ("Nguyễn", VIETNAMESE.strip().replace("\n", "|").split("|")),
    "Vietnamese, family name without marks": ("Nguyen", VIETNAMESE.strip().replace("\n", "|").split("|")),
}


def _spelt_alike(first, second):
    """Min-ji and Minji are one name written in two ways."""
    joined = [name.replace("-", "").replace(" ", "") for name in (first, second)]
    return joined[0] == joined[1] and not all("-" in name or " " in name for name in (first, second))


def _features(record_id, first, last, shared):
    return person(record_id, first.title(), last, **shared)


@pytest.mark.parametrize("shared", [SHARED, LANDLINE], ids=["mailbox and mobile", "landline"])
@pytest.mark.parametrize(("last", "names"), NAMES.values(), ids=NAMES)
def test_no_two_people_of_one_address_and_phone_are_linked(last, names, shared):
    names = list(dict.fromkeys(names))
    arriving = [_features(9, name, last, shared) for name in names]
    known = [_features(1, name, last, shared) for name in names]
    linked = [
        (names[left], names[right])
        for left, right in combinations(range(len(names)), 2)
        if not _spelt_alike(names[left], names[right]) and decision(arriving[left], known[right]).kind == LINK
    ]
    assert linked == []


@pytest.mark.parametrize(("last", "names"), NAMES.values(), ids=NAMES)
def test_the_same_person_is_still_found(last, names):
    for name in dict.fromkeys(names):
        found = decision(_features(9, name, last, SHARED), _features(1, name, last, SHARED))
        # "Na" also stands for "not available", and then a person is asked.
        assert found.kind == LINK if name != "na" else found.suggestions == (1,), name


@pytest.mark.parametrize(
    ("first", "second"),
    [("Min-ji", "Minji"), ("Xiao Ming", "Xiaoming"), ("Thị Lan", "Thi Lan"), ("Hùng", "Hung"), ("Wei", "WEI")],
)
def test_another_way_to_write_a_name_is_never_a_second_customer(first, second):
    for family in ("Kim", "Wang", "Nguyễn"):
        assert decision(_features(9, first, family, SHARED), _features(1, second, family, SHARED)).kind != CREATE


def test_a_name_in_signs_and_in_letters_is_asked_about():
    found = decision(person(9, "伟", "王", **SHARED), person(1, "Wei", "Wang", **SHARED))
    assert (found.kind, found.suggestions) == ("review", (1,))


@pytest.mark.parametrize(
    ("spaced", "joined", "family"),
    [("Jun Ho", "Junho", "Kim"), ("Jun Wei", "Junwei", "Tan"), ("Sen Li", "Senli", "Wu")],
)
def test_jun_and_sen_in_front_are_first_names(spaced, joined, family):
    assert decision(person(9, spaced, family, **SHARED), person(1, joined, family, **SHARED)).kind == LINK


REVERSED = """
Nguyen Hung/Nguyen Huong|Nguyễn Hùng/Nguyễn Hưng|Nguyễn Thị Lan/Nguyễn Thị Lam|Tran Quan/Tran Quang|Chen Min/Chen Ming
Wang Xiaomin/Wang Xiaoming|Kim Minju/Kim Minjun|Lee Seoyun/Lee Seojun|Cheung Ka-ming/Cheung Ka-wing
Tanaka Yuki/Tanaka Yuko
Nagy Andrea/Nagy Andrei|Jónsson Kristin/Jónsson Kristinn|Brandt Karin/Brandt Karina|Yilmaz Selda/Yilmaz Selma
"""


@pytest.mark.parametrize("pair", REVERSED.strip().replace("\n", "|").split("|"))
def test_two_people_written_family_first_are_never_linked(pair):
    left, right = pair.split("/")
    sides = [(left, right), (right, left)]
    for coming, known in sides:
        whole = person(9, name=coming, **SHARED), person(1, name=known, **SHARED)
        assert decision(*whole).kind != LINK, "one field"
        last, first = coming.split(" ", 1)
        if not coming.isascii() or last in ("Jónsson", "Yilmaz"):
            continue
        # First and last name in each other's field, against one field.
        assert decision(person(9, last, first, **SHARED), whole[1]).kind != LINK, "two fields"


@pytest.mark.parametrize("name", ["Nguyen Hung", "Nguyễn Hùng", "Chen Min", "Kim Minju", "Tanaka Yuki", "Brandt Karin"])
def test_the_same_person_written_family_first_is_still_found(name):
    last, first = name.split()
    known = person(1, name=name, **SHARED)
    assert decision(person(9, name=name, **SHARED), known).kind == LINK
    assert decision(person(9, first, last, **SHARED), known).kind == LINK
