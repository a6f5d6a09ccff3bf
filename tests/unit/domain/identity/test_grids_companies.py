"""Grids of companies: another word is another company however few letters differ; legal forms of many countries."""

import pytest

from retail_sync.domain.identity.decide.decision import LINK, REVIEW

from .given import HOME, company, decision

SITE = {**HOME, "phone": "+496912345678", "website": "nordlicht.de", "email": "info@nordlicht.de"}

OTHERS = """
Nordlicht Filiale 12/Nordlicht Filiale 21|Nordlicht 12/Nordlicht 21|Nordlicht Store #4/Nordlicht Store #5
Nordlicht Filiale Nord/Nordlicht Filiale Süd|Nordlicht Store Four/Nordlicht Store Five|Nordlicht Bau/Nordlicht Bad
Nordlicht II GmbH/Nordlicht III GmbH|Nordlicht 1. GmbH/Nordlicht 2. GmbH|Nordlicht I GmbH/Nordlicht II GmbH
Nordlicht Holz GmbH/Nordlicht Salz GmbH|Nordlicht Bau GmbH/Nordlicht Bad GmbH|Nordlicht A GmbH/Nordlicht B GmbH
Stadt Nordlicht/Stadtwerke Nordlicht|Auto Nordlicht/Autohaus Nordlicht|Nordlicht Inn/Nordlicht Inc.
ООО Нордлихт/ЗАО Нордлихт|株式会社ノルド/合同会社ノルド|Nordlicht gGmbH/Nordlicht GmbH
Nordlicht S.r.l./Nordlicht S.r.l.s.
Nordlicht GmbH/Nordlicht Holding GmbH|Nordlicht GmbH/Nordlicht Verwaltungs-GmbH|Nordlicht/Nordlicht Holding
Nordlicht GmbH/Nordlicht Filiale 12|Nordlicht Deutschland GmbH/Nordlicht Österreich GmbH|北京天元/北京天地
Nordlicht A/S//Nordlicht ApS|Nordlicht Kft./Nordlicht Zrt.|Nordlicht s.r.o./Nordlicht a.s.|Nordlicht Ltd/Nordlicht LLP
Nordlicht Inc./Nordlicht LLC|Nordlicht d.o.o./Nordlicht d.d.|Nordlicht e.V./Nordlicht Förderverein e.V.
"""
SAME = """
Nordlicht gGmbH/Nordlicht gemeinnützige GmbH|Nordlicht e.V./Nordlicht eingetragener Verein
Nordlicht eG/Nordlicht eingetragene Genossenschaft|Nordlicht e.K./Nordlicht e. Kfm.|Nordlicht e.K./Nordlicht e. Kfr.
Nordlicht PartG mbB/Nordlicht Partnerschaftsgesellschaft mbB|Nordlicht Sp. z o.o./Nordlicht Spółka z o.o.
Nordlicht Pty Ltd/Nordlicht Pty. Limited|Nordlicht Ltd. Şti./Nordlicht Limited Şirketi
株式会社ノルド/ノルド株式会社|ノルド(株)/株式会社ノルド|诺德有限公司/诺德有限责任公司|주식회사 노르드/(주)노르드
Nordlicht GmbH/Nordlicht Gmhb|Nordlicht Inc./Nordlicht Icn|Nordlicht Optik GmbH/Nordlihct Optik GmbH
Nordlicht GmbH & Co. KG/Nordlicht GmbH&Co.KG|Nordlicht Kft./Nordlicht Korlátolt Felelősségű Társaság
"""


def _pairs(text):
    entries = (pair for line in text.strip().splitlines() for pair in line.split("|"))
    return [tuple(pair.split("//") if "//" in pair else pair.split("/")) for pair in entries]


@pytest.mark.parametrize(("left", "right"), _pairs(OTHERS))
def test_another_word_or_form_is_asked_about_where_all_else_agrees(left, right):
    assert decision(company(9, left, **SITE), company(1, right, **SITE)).kind == REVIEW
    assert decision(company(9, right, **SITE), company(1, left, **SITE)).kind == REVIEW


@pytest.mark.parametrize(("left", "right"), _pairs(SAME))
def test_two_spellings_of_a_form_or_a_slip_are_one_company(left, right):
    assert decision(company(9, left, **SITE), company(1, right, **SITE)).kind == LINK


@pytest.mark.parametrize("key", [{"email": "k.b@gmx.de"}, {"vat": "DE136695976"}], ids=["e-mail", "tax ID"])
def test_one_key_and_a_name_in_another_script_are_asked_about(key):
    assert decision(company(9, "ノルド株式会社", **key), company(1, "Nord Ltd", **key)).kind == REVIEW
