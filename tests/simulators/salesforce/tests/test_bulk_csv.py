import csv
import io

import pytest

from tests.simulators.salesforce.bulk_csv import CsvError, CsvFile, render_columns


def read(text, delimiter="COMMA", ending="LF"):
    return CsvFile(text.encode(), delimiter, ending)


def test_quotes_newlines_and_spaces_are_kept():
    file = read('Id,Name\n1,"a ""b"", c\nd"\n2, x \n')
    assert file.header == ["Id", "Name"]
    assert [cells for _, cells in file.rows] == [["1", 'a "b", c\nd'], ["2", " x "]]


def test_a_space_beside_a_quote_spoils_its_row_only():
    file = read('Id,Name\n1, "a"\n2,"b" \n3,c\n')
    assert [cells for _, cells in file.rows] == [None, None, ["3", "c"]]


def test_a_row_of_another_width_cannot_be_read():
    assert [cells for _, cells in read("A,B\n1\n1,2,3\n1,2\n").rows] == [None, None, ["1", "2"]]


@pytest.mark.parametrize(("text", "ending"), [("A\r\n1\r\n", "LF"), ("A\n1\n", "CRLF")])
def test_the_declared_line_ending_must_match(text, ending):
    with pytest.raises(CsvError, match=f"Current LineEnding setting is {ending}"):
        read(text, ending=ending)


def test_other_delimiters_and_a_byte_order_mark():
    assert read("\ufeffA;B\n1;2\n", "SEMICOLON").rows == [("1;2", ["1", "2"])]


def test_latin_text_is_refused():
    with pytest.raises(CsvError, match="UTF-8"):
        CsvFile("Name\ncafé\n".encode("latin-1"), "COMMA", "LF")


def test_rendering_is_what_a_csv_reader_expects():
    columns = [["1", 'say "hi"', ""], ["a,b", "line\nbreak", "é"]]
    text = render_columns(columns, "COMMA", "LF").decode()
    assert list(csv.reader(io.StringIO(text, newline=""))) == [list(row) for row in zip(*columns, strict=True)]
    assert text.startswith('"1","a,b"\n')
