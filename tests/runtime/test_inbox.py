from __future__ import annotations

import os
import select
from threading import Thread

from net.runtime.inbox import Inbox


def test_what_another_thread_puts_wakes_the_selector_and_comes_in_order() -> None:
    inbox: Inbox[int] = Inbox(8)

    def work() -> None:
        for n in range(3):
            inbox.put(n)

    thread = Thread(target=work)
    thread.start()
    assert select.select([inbox], [], [], 5)[0]
    thread.join()
    assert inbox.take() == [0, 1, 2]
    assert select.select([inbox], [], [], 0)[0] == []
    assert inbox.take() == []
    inbox.close()


def test_a_full_inbox_drops_the_newest_and_counts_it() -> None:
    inbox: Inbox[int] = Inbox(2)
    for n in range(5):
        inbox.put(n)
    assert inbox.take() == [0, 1]
    assert inbox.counters.full == 3
    inbox.put(9)
    assert inbox.take() == [9]
    inbox.close()


def test_a_wake_up_without_an_item_wakes_too() -> None:
    inbox: Inbox[int] = Inbox(2)
    inbox.wake()
    inbox.wake()
    assert select.select([inbox], [], [], 5)[0]
    assert inbox.take() == []
    assert select.select([inbox], [], [], 0)[0] == []
    inbox.close()


def test_a_closed_inbox_writes_into_no_file_that_took_its_numbers() -> None:
    inbox: Inbox[int] = Inbox(2)
    inbox.close()
    ear, mouth = os.pipe2(os.O_NONBLOCK)
    inbox.put(1)
    inbox.wake()
    inbox.close()
    assert select.select([ear], [], [], 0)[0] == []
    assert inbox.counters.closed == 1
    os.close(ear)
    os.close(mouth)
