"""What the author of a message wrote is separated from what the message quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.tickets.quoted_text import plain_text, split_message

QUOTES = [
    "On Mon, 30 Nov 2026 at 10:00, Ada <ada@example.com> wrote:\n> S00042",
    "On Mon, 30 Nov 2026 at 10:00, Ada Example of the Long Department\n<ada@example.com> wrote:\nS00042",
    "Am 30.11.2026 um 10:00 schrieb Ada:\n> S00042",
    "Le lun. 30 nov. 2026 à 10:00, Ada a écrit :\n> S00042",
    "-----Original Message-----\nFrom: Ada\nS00042",
    "----- Ursprüngliche Nachricht -----\nS00042",
    "________________________________\nFrom: Ada <ada@example.com>\nSent: Monday\nS00042",
    "Von: Ada\nGesendet: Montag\nBetreff: S00042",
    "*From:* Ada\n*Sent:* Monday\nS00042",
    "---------- Forwarded message ---------\nS00042",
    "> S00042",
    "-- \nAda\nOn Monday, Anna wrote:\n> S00042",
]
lines = st.lists(st.sampled_from(["It is late.", "Where is it?", "", "order S00001", "a > b"]), min_size=1, max_size=5)


@pytest.mark.parametrize("quote", QUOTES)
@given(lines)
def test_an_answer_above_a_quote_is_what_was_written(quote, answer):
    text = "\n".join(answer)
    found = split_message(f"{text}\n\n{quote}")
    assert found.written == split_message(text).written
    assert "S00042" not in found.written and "S00042" in found.quoted


@pytest.mark.parametrize("quote", QUOTES)
def test_line_ends_of_mail_do_not_matter(quote):
    text = f"Hello\n\n{quote}"
    assert split_message(text.replace("\n", "\r\n")) == split_message(text)


def test_answers_between_quoted_lines_are_kept():
    found = split_message("> where is it?\nIt left.\n> and S00042?\nThat too.")
    assert found == ("It left.\nThat too.", "where is it?\nand S00042?")


@pytest.mark.parametrize(
    "text",
    [
        "From: what I see, it is late.\nPlease help.",
        "On Monday I wrote to you",
        "a--b",
        "-----\nmy parcel S00042",
        "Date: tomorrow",
        "on time: no",
    ],
)
def test_a_plain_text_is_not_cut(text):
    assert split_message(text).written == text


def test_a_signature_is_neither_written_nor_quoted():
    assert split_message("It is late.\n-- \nAda\n0123456789012") == ("It is late.", "")


@pytest.mark.parametrize(
    ("html", "written", "quoted"),
    [
        ("<p>Hello<br>S1</p><blockquote><p>S2</p></blockquote>", "Hello\nS1", "S2"),
        ('<div>S1</div><div class="gmail_quote x">S2<div>S3</div></div><p>S4</p>', "S1\n\nS4", "S2\nS3"),
        ("<style>p{}</style><script>S2</script><p>a &amp; b</p>", "a & b", ""),
        ("<p>S1<blockquote>S2", "S1", "S2"),
        ("</div></p>S1<img src=x>", "S1", ""),
        ("<div>S1</div><div>Von: Ada<br>Gesendet: heute</div><div>S2</div>", "S1", "Von: Ada\nGesendet: heute\n\nS2"),
    ],
)
def test_quotes_of_html(html, written, quoted):
    assert split_message(html, is_html=True) == (written, quoted)


def test_the_whole_text_of_html():
    assert plain_text("<p>a</p><blockquote>b</blockquote>") == "a\nb"


@given(st.text(alphabet="<>/divblockquote= \"'ap&;-\n", max_size=80), st.booleans())
def test_nothing_breaks_it_and_cutting_twice_changes_nothing(text, is_html):
    found = split_message(text, is_html)
    assert split_message(found.written).written == found.written


def test_what_is_longer_than_people_write_is_cut():
    assert len(split_message("a" * 1_000_000).written) <= 50_000
