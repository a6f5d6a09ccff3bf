"""Grids of names in other scripts: vowel signs are letters, look-alikes and other keyboards are spellings."""

from itertools import combinations

import pytest

from retail_sync.domain.identity.decide.decision import CREATE, LINK

from .given import HOME, decision, person

ALL = {**HOME, "mobile": "+491701234567", "email": "k.b@gmx.de"}
LANDLINE = {**HOME, "phone": "+496912345678"}

# Brothers, sisters and couples whose names differ by a vowel sign, a final letter or a tone mark.
FAMILIES = {
    "Hindi": ("शर्मा", "राम रमा रीमा रोमा सीता सती दीपक दीपा दीपिका गीता गीत विजय विजया सुमन सुमान"),
    "Bengali": ("দাস", "দীপা দীপ দিপু রমা রাম রিমা মিতা মাতা"),
    "Tamil": ("கண்ணன்", "ராமன் ராமா ராம ரமா மாலா மாலி"),
    "Malayalam": ("നായർ", "രാജൻ രാജ രാജു രാജി ലത ലീത"),
    "Sinhala": ("පෙරේරා", "කමල් කමලා කුමාර කුමාරි"),
    "Thai": ("ใจดี", "กิต กิติ สมชาย สมหญิง สมศรี นิด นุด น้อย นอย"),
    "Hebrew": ("כהן", "דן דנה דניאל דניאלה יוסף יוסי"),
    "Arabic": ("الحسن", "سعيد سعيدة جميل جميلة كريم كريمة نادر نادرة"),
    "kana": ("たなか", "はな ばな ゆき ゆみ ゆうき はなこ はるか はるき"),
}


@pytest.mark.parametrize("shared", [ALL, LANDLINE], ids=["all shared", "landline"])
@pytest.mark.parametrize(("last", "names"), FAMILIES.values(), ids=FAMILIES)
def test_a_vowel_sign_makes_another_name(last, names, shared):
    linked = [
        pair
        for pair in combinations(names.split(), 2)
        if decision(person(9, pair[0], last, **shared), person(1, pair[1], last, **shared)).kind == LINK
    ]
    assert linked == []


@pytest.mark.parametrize(("last", "names"), FAMILIES.values(), ids=FAMILIES)
def test_the_same_person_is_still_found_in_any_script(last, names):
    for name in names.split():
        assert decision(person(9, name, last, **LANDLINE), person(1, name, last, **LANDLINE)).kind == LINK, name


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("\u0412randt", "Karin"), ("Brandt", "Karin")),  # a Cyrillic letter that looks like a Latin one
        (("Brandt", "\u0421arla"), ("Brandt", "Carla")),
        (("Brandt", "\u03a7aver"), ("Brandt", "Xaver")),
        (("Brandt", "ᴋᴀʀɪɴ"), ("Brandt", "Karin")),
        (("Ｂｒａｎｄｔ", "Ｋａｒｉｎ"), ("Brandt", "Karin")),
        (("\u200fBrandt\u200f", "Ka\u200drin"), ("Brandt", "Karin")),
        (("タナカ", "ハナコ"), ("たなか", "はなこ")),
        (("ﾀﾅｶ", "ﾊﾅｺ"), ("タナカ", "ハナコ")),
        (("احمدی", "علی‌رضا"), ("أحمدي", "عليرضا")),
        (("नायर", "क़मर"), ("नायर", "कमर")),
        (("നായർ", "രാജന്\u200d"), ("നായർ", "രാജൻ")),
        (("පෙරේරා", "ශ්\u200dරී"), ("පෙරේරා", "ශ්රී")),
    ],
)
def test_other_keyboards_and_look_alikes_are_spellings_of_one_name(left, right):
    assert decision(person(9, left[1], left[0], **LANDLINE), person(1, right[1], right[0], **LANDLINE)).kind == LINK


@pytest.mark.parametrize("key", [{"email": "k.b@gmx.de"}, {"mobile": "+491701234567"}], ids=["e-mail", "mobile"])
@pytest.mark.parametrize(
    "name", ["קארין ברנדט", "कारिन ब्रांट", "แคริน แบรนด์", "カリン ブラント", "카린 브란트", "كارين براندت"]
)
def test_one_own_key_and_a_name_in_another_script_are_asked_about(name, key):
    first, last = name.split()
    for sides in ((first, last, "Karin", "Brandt"), ("Karin", "Brandt", first, last)):
        found = decision(person(9, *sides[:2], **key), person(1, *sides[2:], **key))
        assert (found.kind, found.rule) == ("review", "other_words")


def test_two_scripts_of_india_are_two_scripts():
    assert decision(person(9, "राम", "शर्मा", **ALL), person(1, "ராம்", "சர்மா", **ALL)).kind != CREATE
