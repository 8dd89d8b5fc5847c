"""Work for several processes: in order, however much there is, and gone with who asked for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from itertools import count, islice
from multiprocessing import active_children

import pytest

from racer.app.simulation.pool import PoolError, in_order
from tests.waiting import every


def square(number: int) -> int:
    return number * number


def stand_still(seconds: float) -> None:
    next(every(seconds))


def be_killed(number: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_results_come_in_order() -> None:
    assert list(in_order(square, range(20), jobs=2)) == [number**2 for number in range(20)]


def test_of_endless_work_as_much_is_taken_as_is_wanted() -> None:
    assert list(islice(in_order(square, count(), jobs=2), 3)) == [0, 1, 4]
    assert active_children() == []


def test_who_wants_no_more_waits_for_nothing() -> None:
    began = time.monotonic()
    results = in_order(stand_still, [0.0, 600.0, 600.0], jobs=2)
    next(iter(results))
    del results
    assert time.monotonic() - began < 60
    assert active_children() == []


def test_a_process_that_is_ended_from_outside_is_told_in_words() -> None:
    with pytest.raises(PoolError, match="ended from outside"):
        list(in_order(be_killed, range(4), jobs=2))


BUSY = """
import sys
from racer.app.simulation.pool import in_order
from tests.app.test_pool import stand_still

print("begins", flush=True)
for _ in in_order(stand_still, [0.0, 600.0, 600.0, 600.0], jobs=2):
    print("works", flush=True)
"""


def test_processes_end_with_the_one_that_asked_however_it_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"begins\n"
        assert parent.stdout.readline() == b"works\n"
        parent.kill()
        # They hold the other end of this pipe, too: it ends with the last of them.
        assert parent.stdout.read() == b""


INTERRUPTED = """
import sys
from itertools import count

from racer.app.simulation.pool import in_order
from tests.app.test_pool import square

for at in range(1, 60):
    calls = 0

    def interrupt(frame, event, argument):
        global calls
        calls += event == "return"
        if calls == at:
            sys.settrace(None)
            raise KeyboardInterrupt
        return interrupt

    try:
        results = in_order(square, count(), 2)
        next(results)
        sys.settrace(interrupt)
        for _ in results:
            pass
    except KeyboardInterrupt:
        continue
"""


def test_ctrl_c_ends_the_work_whatever_the_main_thread_was_about() -> None:
    subprocess.run([sys.executable, "-c", INTERRUPTED], check=True, timeout=120)


def fail(number: int) -> None:
    raise ValueError(number)


def test_an_error_of_the_work_is_raised_here_and_tells_where_it_came_from() -> None:
    with pytest.raises(ValueError, match="0") as raised:
        list(in_order(fail, range(4), jobs=1))
    assert "in fail" in raised.value.__notes__[0]
