"""The language of a request."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.api.language import language_of

INSTALLED = ["en_US", "en_GB", "de_DE", "de_CH", "fr_FR", "sr@latin"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("de", "de_DE"),
        ("de-CH", "de_CH"),
        ("de-AT, en;q=0.5", "de_DE"),
        ("it, fr;q=0.4, en;q=0.9", "en_US"),
        ("EN-gb", "en_GB"),
        ("en;q=0, fr;q=0.1", "fr_FR"),
        ("sr", "sr@latin"),
        ("*", ""),
        ("it", ""),
        ("", ""),
        ("w.;+i`^bZ>, de", "de_DE"),
        ("de;q=9", ""),
    ],
)
def test_the_most_wanted_language_that_is_installed(header, expected):
    assert language_of(header, INSTALLED) == expected


@given(st.text())
def test_any_header_is_read(header):
    assert language_of(header, INSTALLED) in {*INSTALLED, ""}
