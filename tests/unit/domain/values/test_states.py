"""States by code, by name, and by what other systems call them."""

import pytest

from retail_sync.domain.values.state_tables import OTHER_NAMES, other_names
from retail_sync.domain.values.states import State, States

MEXICO = (
    "AG AGU BC BCN BS BCS CM CAM CS CHP CH CHH CO COA CL COL DF CMX DG DUR GT GUA GR GRO HG HID JA JAL ME MEX MI MIC"
    " MO MOR NA NAY NL NLE OA OAX PB PUE QE QUE QR ROO SL SLP SI SIN SO SON TB TAB TM TAM TL TLA VE VER YU YUC ZA ZAC"
).split()
CHINA = dict(
    zip(
        "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 91 92".split(),
        "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝蜀黔滇藏陕甘青宁新台港澳",
        strict=True,
    )
)
PAIRS = [
    *(("MX", platform_code, ours) for platform_code, ours in zip(MEXICO[::2], MEXICO[1::2], strict=True)),
    *(("CN", platform_code, ours) for platform_code, ours in CHINA.items()),
    ("IN", "OR", "OD"),
    ("IN", "CT", "CG"),
    ("IN", "UT", "UK"),
    ("IE", "CO", "C"),
    ("IE", "TA", "TR"),
    ("JP", "TKY", "JP-13"),
    ("JP", "13", "JP-13"),
    ("JP", "Tokyo", "JP-13"),
    ("US", "Calif.", "CA"),
    ("US", "N.Y.", "NY"),
    ("US", "Alabama", "AL"),
    ("DE", "NW", "DE-NW"),
    ("DE", "Bayern", "DE-BY"),
    ("DE", "Bavaria", "DE-BY"),
    ("DE", "Baden-Wuerttemberg", "DE-BW"),
    ("DE", "Freistaat Bayern", None),
    ("CH", "ZH", "ZH"),
    ("CH", "Zurigo", "ZH"),
    ("CH", "Kanton Zürich", "ZH"),
    ("IE", "Co. Cork", "C"),
    ("IE", "County Cork", "C"),
    ("ES", "La Coruna", "C"),
    ("ES", "Gerona", "GI"),
    ("CN", "北京", "京"),
    ("CN", "Beijing", "京"),
    ("KR", "서울", "KR-11"),
    ("IT", "IT-MI", "MI"),
    ("IT", "Lombardia", None),
    ("MX", "Federal District", "CMX"),
    ("TW", "TPE", "TPC"),
    ("TW", "Taipei City", "TPC"),
    ("TW", "Hsinchu City", "HCT"),
    ("TW", "Hsinchu", None),  # a city and a county
    ("BE", "Antwerpen", "VAN"),
    ("BE", "Province de Liège", "WLG"),
    ("NL", "Fryslân", "FR"),
    ("IT", "milano", "MI"),
    ("IT", "", None),
]
NAMES = {
    ("CH", "ZH"): "Zürich",
    ("DE", "DE-BY"): "Bayern",
    ("DE", "DE-BW"): "Baden-Württemberg",
    ("US", "AL"): "Alabama",
    ("US", "CA"): "California",
    ("US", "NY"): "New York",
    ("IE", "C"): "Cork",
    ("ES", "C"): "A Coruña (La Coruña)",
    ("ES", "GI"): "Girona (Gerona)",
    ("CN", "京"): "北京市",
    ("KR", "KR-11"): "서울특별시",
    ("JP", "JP-13"): "東京都",
    ("IT", "MI"): "Milano",
    ("MX", "MEX"): "México",
    ("TW", "HCH"): "新竹縣",
    ("TW", "HCT"): "新竹市",
    ("BE", "WLG"): "Liège",
    ("SA", "ALK"): "Al Khobar",
    ("SA", "AQK"): "Al Khobar",
}
ROWS = sorted(
    {(country, ours) for country, _platform_code, ours in PAIRS if ours}
    | {("IT", "AL"), ("BR", "AL"), ("SA", "ALK"), ("SA", "AQK"), ("TW", "HCH")}
)
STATES = States([*((c, code, NAMES.get((c, code), f"{c} {code} name")) for c, code in ROWS), ("CH", "ZH-IT", "Zurigo")])


@pytest.mark.parametrize(("country", "platform_code", "ours"), PAIRS)
def test_is_found_by_what_other_systems_call_it(country, platform_code, ours):
    found = STATES.find(platform_code, country)
    assert (found and found.code) == ours


@pytest.mark.parametrize(("country", "ours"), ROWS)
def test_what_is_written_is_read_back(country, ours):
    state = STATES.known(country, ours)
    for text in (STATES.written(state), state.qualified, STATES.written(state, present="a long name")):
        assert STATES.find(text, country) == state
    assert STATES.find(state.qualified) == state


def test_without_a_country_the_default_one_is_meant():
    assert STATES.find("AL", "", "US") == State("US", "AL", "Alabama")
    assert STATES.find("AL", "", "IT").country == "IT"


def test_without_any_country_only_what_is_unique_is_found():
    assert STATES.find("AL") is None
    assert STATES.find("Alabama") == State("US", "AL", "Alabama")
    assert STATES.find("Alabama", "", "IT") == State("US", "AL", "Alabama")


def test_another_country_has_no_such_state():
    assert STATES.find("Alabama", "IT") is None
    assert STATES.find("US-AL", "IT") is None


def test_the_platforms_label_says_what_its_code_means():
    listed = {"JP": {"T1": "東京都"}, "US": {"AL": "New York"}}
    assert STATES.find("T1", "JP") is None
    assert STATES.find("T1", "JP", listed=listed).code == "JP-13"
    assert STATES.find("AL", "US", listed=listed).code == "NY"


def test_the_platforms_own_code_is_written():
    listed = {"IE": {"D": "Dublin", "CO": "Cork"}, "MX": {"ME": "Estado de México"}}
    assert STATES.written(STATES.known("IE", "C"), listed) == "CO"
    assert STATES.written(STATES.known("MX", "MEX"), listed) == "ME"
    assert STATES.written(STATES.known("DE", "DE-NW"), listed) == "NW"


def test_a_name_is_replaced_by_a_name():
    assert STATES.written(STATES.known("US", "CA"), present="Alabama") == "California"
    assert STATES.written(STATES.known("US", "CA"), present="AL") == "CA"


def test_a_state_in_two_languages_is_one_state():
    assert STATES.known("CH", "ZH-IT") == STATES.known("CH", "ZH")


@pytest.mark.parametrize("country", sorted(OTHER_NAMES))
def test_no_other_name_stands_for_two_states(country):
    seen = {}
    for code, others in other_names(country):
        for other in others:
            assert seen.setdefault(other.casefold(), code) == code
