"""The lines of a street."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync.domain.mapping.decoding import MapRow, compile_decoder
from retail_sync.domain.mapping.encoding import compile_encoder

ROWS = [
    MapRow("street", "Street", "street_line1", direction="both"),
    MapRow("street2", "Street", "street_rest", direction="both"),
    MapRow("zip", "Zip", "line", direction="both"),
]
ENCODER, DECODER = compile_encoder(ROWS, "customer"), compile_decoder(ROWS, "customer")
LINES = "Unit 7\r\nFloor 3\r\n12 Quay Road"


def edit(before, /, **values):
    record = {"Street": before, "Zip": "1"}
    main = DECODER.decode(record).parts["main"]
    changed = {name for name, value in values.items() if main[name] != value}
    return ENCODER.encode({"main": {**main, **values}}, {"main": changed}, remote=record).fields


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ({"zip": "2"}, {"Zip": "2"}),
        ({"street": "Unit 8"}, {"Street": "Unit 8\r\nFloor 3\r\n12 Quay Road"}),
        ({"street2": "Floor 4, 12 Quay Road"}, {"Street": "Unit 7\r\nFloor 4\r\n12 Quay Road"}),
        ({"street2": "Floor 3, 14 Quay Road"}, {"Street": "Unit 7\r\nFloor 3\r\n14 Quay Road"}),
        ({"street2": "Other"}, {"Street": "Unit 7\r\nOther"}),
        ({"street2": None}, {"Street": "Unit 7"}),
        ({"street": None, "street2": None}, {"Street": None}),
    ],
)
def test_lines_that_did_not_change_stay_lines(values, sent):
    assert edit(LINES, **values) == sent


def test_an_edit_that_begins_with_a_comma_is_read_back():
    sent = edit("Unit 7\r\nYard", street2=", Yard")
    assert DECODER.decode({**sent, "Zip": "1"}).parts["main"]["street2"] == ", Yard"


line = st.text("abc ,", max_size=5)
text = st.none() | st.text("abc,", min_size=1, max_size=6)


@given(st.lists(line, max_size=4), st.sampled_from(["\n", "\r\n"]), st.text("xy,", min_size=1, max_size=4), text)
def test_what_is_written_is_read_back(lines, end, street, street2):
    record = {"Street": end.join(lines), "Zip": "1"}
    main = DECODER.decode(record).parts["main"]
    sent = edit(record["Street"], street=street, street2=street2)
    found = DECODER.decode({**record, **sent}).parts["main"]
    assert (found["street"], found["street2"]) == (street, street2)
    if (main["street"], main["street2"]) == (street, street2):
        assert sent == {}
