"""Work in lanes, side by side."""

import threading

import pytest

from setup.lib import lanes

LIMIT = 60  # seconds until what hangs is given up


def test_the_lane_that_is_free_takes_what_is_shared():
    done, shared_is_done = [], threading.Event()

    def long(_stop):
        assert shared_is_done.wait(LIMIT), "no lane took the shared work"
        done.append("long")

    def short(_stop):
        done.append("short")

    def shared(_stop):
        done.append("shared")
        shared_is_done.set()

    lanes.run([[long], [short]], [shared])
    assert done == ["short", "shared", "long"]


def test_each_lane_keeps_its_order_and_all_is_done_once():
    done = []

    def work(name):
        return lambda _stop: done.append(name)

    lanes.run([[work("a1"), work("a2")], [work("b1"), work("b2")]], [work("c1"), work("c2")])
    assert sorted(done) == ["a1", "a2", "b1", "b2", "c1", "c2"]
    assert done.index("a1") < done.index("a2") and done.index("b1") < done.index("b2")


def test_an_interruption_stops_the_other_lane_before_it_is_raised():
    begun, ended = threading.Event(), []

    def interrupted(_stop):
        assert begun.wait(LIMIT)
        raise KeyboardInterrupt

    def endless(stop):
        begun.set()
        ended.append(stop.wait(LIMIT))

    with pytest.raises(KeyboardInterrupt):
        lanes.run([[interrupted], [endless, lambda _stop: ended.append("begun after the stop")]])
    assert ended == [True]
