"""What goes on in the socket: the loop need not wake for each heartbeat, nor each of a flood.

And who judges by a part of what waits there calls those down whom it has not read yet.
"""

from __future__ import annotations

from typing import Final, final

from net.limits import MILLISECOND, SECOND

CALM_AFTER_NS: Final = SECOND  # without any event in an idle lobby
FLOOD_RATE: Final = 1500  # datagrams a second: three times what sixteen cars send each
FLOOD_WINDOW_NS: Final = SECOND // 10
READING_NS: Final = 50 * MILLISECOND  # of our own work: what takes longer to read is a flood …
READING_SHARE: Final = 4  # … but what gathered while we stood still may take a quarter of that …
READING_NS_MAX: Final = 5 * SECOND  # … up to this: then we judge by what we have read


@final
class Backlog:
    """Tells whether what is still unread holds up verdicts.

    After a stop of two seconds half a thousand beats wait, which a busy machine does not read in
    one turn; and we may be stopped again as we read. A flood, which is never read to its end, holds
    up none for longer than READING_NS of our own work (READING_NS_MAX where we stood still much).

    Args:
        now_ns: the time.
        worked_ns: of the processor, by our thread.
    """

    def __init__(self, now_ns: int, worked_ns: int) -> None:
        self._read_ns, self._worked_ns = now_ns, worked_ns  # when nothing was left last

    def on_turn(self, now_ns: int, worked_ns: int, *, is_empty: bool) -> bool:
        """Take that the socket was read, to its end or not; return whether verdicts wait."""
        if is_empty:
            self._read_ns, self._worked_ns = now_ns, worked_ns
            return False
        work_ns = worked_ns - self._worked_ns
        stood_ns = now_ns - self._read_ns - work_ns
        return work_ns < min(max(READING_NS, stood_ns // READING_SHARE), READING_NS_MAX)


@final
class Activity:
    """The times at which something came in, and at which it led to anything.

    `heard_ns` is the time of the newest input; it never goes back: what came while a turn was under
    way counts as come at its end.
    """

    def __init__(self, now_ns: int, worked_ns: int = 0) -> None:
        self.backlog = Backlog(now_ns, worked_ns)
        self.heard_ns = 0
        self._stirred_ns = now_ns  # when something last went on
        self._events = 0  # of the host, when we looked last
        self._arrivals = 0  # when the window began
        self._window_ns = now_ns
        self.is_flood = False  # so much comes that it is cheaper to let some of it gather

    def on_turn(self, now_ns: int, arrivals: int) -> None:
        """Note that all that had come has been read: so many datagrams by now, handled or not."""
        self.heard_ns = now_ns
        past_ns = now_ns - self._window_ns
        if past_ns >= FLOOD_WINDOW_NS:
            self.is_flood = (arrivals - self._arrivals) * SECOND > FLOOD_RATE * past_ns
            self._arrivals, self._window_ns = arrivals, now_ns

    def on_arrival(self, waited_ns: int, now_ns: int) -> int:
        """Return the time of a datagram that has waited in the socket."""
        self.heard_ns = max(self.heard_ns, now_ns - waited_ns)
        return self.heard_ns

    def on_answer(self) -> None:
        """Note that the newest input had the node do something at once."""
        self._stirred_ns = self.heard_ns

    def is_calm(self, events: int, idle: bool) -> bool:
        """Tell whether only heartbeats have gone on for a while, and the program expects no more.

        Whatever else arrives ends it, so only the first datagram of many waits for a tick.

        Args:
            events: how many the host has counted.
            idle: what the program said last.
        """
        if events != self._events:
            self._events, self._stirred_ns = events, self.heard_ns
        return idle and self.heard_ns - self._stirred_ns > CALM_AFTER_NS
