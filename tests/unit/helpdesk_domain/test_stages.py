"""Stages of teams stand for statuses of a desk, and back."""

from hypothesis import given
from hypothesis import strategies as st

from retail_sync_helpdesk.domain.tickets.stages import NEAR, Stage, Stages

STATUSES = st.sampled_from(sorted(NEAR))
TEAMS = st.frozensets(st.integers(1, 3), max_size=2)


@st.composite
def stages(draw):
    """Any set of stages: of all teams or of some, of all companies or of one, in use or archived."""
    rows = draw(st.lists(st.tuples(STATUSES, TEAMS, st.sampled_from((None, 1, 2)), st.booleans()), max_size=8))
    return [
        Stage(number, status, status in ("solved", "closed"), teams, company, active)
        for number, (status, teams, company, active) in enumerate(rows, 1)
    ]


@given(stages(), STATUSES, st.sampled_from((None, 1, 2, 3)), st.sampled_from((1, 2)))
def test_a_status_that_came_in_is_no_edit_on_the_way_back(found, status, team, company):
    known = Stages(found)
    stage = known.of_status(status, team, company)
    if stage is not None:
        assert known.status(stage, team, company, status) == status
        assert known.fits(stage, team, company)


@given(stages(), STATUSES, st.sampled_from((None, 1, 2, 3)), st.sampled_from((1, 2)))
def test_no_stage_turns_an_open_ticket_into_a_closed_one(found, status, team, company):
    known = Stages(found)
    stage = known.of_status(status, team, company)
    if stage is not None:
        assert known.closed(stage) == (status in ("solved", "closed"))


def test_own_stage_of_a_team_comes_before_that_of_all_teams():
    known = Stages([Stage(1, "open", False, frozenset(), None), Stage(2, "open", False, frozenset((7,)), None)])
    assert (known.of_status("open", 7, 1), known.of_status("open", 8, 1)) == (2, 1)


def test_edit_to_another_stage_is_the_status_of_that_stage():
    known = Stages([Stage(1, "open", False, frozenset(), None), Stage(2, "pending", False, frozenset(), None)])
    assert known.status(2, None, 1, "open") == "pending"
    # There is no stage for "hold": the ticket waits in "pending", and stays on hold over there.
    assert known.status(2, None, 1, "hold") == "hold"
    assert known.status(1, None, 1, "hold") == "open"


def test_archived_stage_takes_no_ticket_and_still_says_what_its_tickets_are():
    known = Stages([Stage(1, "open", False, frozenset(), None, active=False)])
    assert known.of_status("open", None, 1) is None
    assert known.status(1, None, 1, None) == "open"


def test_ticket_without_a_stage_has_no_status():
    assert Stages([]).status(None, None, 1, "open") is None
    assert not Stages([]).closed(None)
