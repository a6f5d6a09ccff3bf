"""Work in lanes, side by side. Standard library only."""

import threading
from collections import deque
from collections.abc import Callable, Sequence

Work = Callable[[threading.Event], None]  # ends early, in good order, when the event is set; raises nothing


def run(lanes: Sequence[Sequence[Work]], shared: Sequence[Work] = ()) -> None:
    """Do the work of each lane in its order, the first lane's in this thread; who is done takes of what is shared.

    An exception in this thread, Ctrl-C above all, stops the other lanes before it is raised.
    """
    left, stop = deque(shared), threading.Event()

    def do(works: Sequence[Work]) -> None:
        ahead = deque(works)
        while not stop.is_set() and (queue := ahead or left):
            try:
                work = queue.popleft()
            except IndexError:  # another lane was quicker
                return
            work(stop)

    others = [threading.Thread(target=do, args=(works,)) for works in lanes[1:]]
    for thread in others:
        thread.start()
    try:
        do(lanes[0])
        for thread in others:
            thread.join()
    finally:
        stop.set()
        for thread in others:
            thread.join()
