"""What is heard of a flood: so much that nobody is kept out for good, and no more than is borne."""

from __future__ import annotations

from typing import Final, final

from net.security.cookie import NO_COOKIE
from net.transport.datagram import cookie_in, is_first_message

PACKETS_PER_S: Final = 50.0  # of discovery; a network of hundreds of machines says less
PACKETS_AT_ONCE: Final = 400.0  # what sixty nodes answer to one who asks, over both stacks
GATHER_S: Final = 0.05  # of a flood of them; to wake for each costs more than to read it
FIRST_MESSAGES_A_TURN: Final = 8  # of those with a cookie, and of those without …
FIRST_MESSAGES_AT_ONCE: Final = 32  # … and so many after some calm turns: a room that starts
LASTING: Final = 3  # seconds in a row, and it is no burst
NEVER_S: Final = float("-inf")


@final
class PacketPace:
    """How many packets are taken: two buckets that fill while little comes.

    Those that ask have one of their own, so that no flood of adverts keeps a newcomer's question
    from being answered.

    Args:
        now_s: the time in seconds, as in all that follows, of any clock that goes on.
    """

    def __init__(self, now_s: float) -> None:
        self._left = {True: PACKETS_AT_ONCE, False: PACKETS_AT_ONCE}
        self._at_s = now_s

    def take(self, now_s: float, *, asks: bool) -> bool:
        """Tell whether one more is taken; if so, it counts."""
        more, self._at_s = (now_s - self._at_s) * PACKETS_PER_S, now_s
        for kind, left in self._left.items():
            self._left[kind] = min(left + more, PACKETS_AT_ONCE)
        if self._left[asks] < 1:
            return False
        self._left[asks] -= 1
        return True


@final
class FirstMessages:
    """Which first messages are heard in a turn of the loop: the rest costs its reading alone.

    A node that the machine runs too seldom has few turns, and hears the less of strangers, never of
    its peers: what these say is no first message. Who calls again is heard in another turn, and
    with a cookie does not compete with those who have none.
    """

    def __init__(self) -> None:
        self._bare = self._proving = FIRST_MESSAGES_AT_ONCE  # may be heard: without one, with one

    def begin_turn(self) -> None:
        self._bare = min(self._bare + FIRST_MESSAGES_A_TURN, FIRST_MESSAGES_AT_ONCE)
        self._proving = min(self._proving + FIRST_MESSAGES_A_TURN, FIRST_MESSAGES_AT_ONCE)

    def hears(self, data: bytes) -> bool:
        """Tell whether a datagram is to be handled: any that is none of these, or has its place."""
        if not is_first_message(data):
            return True
        if cookie_in(data) == NO_COOKIE:
            is_heard = self._bare > 0
            self._bare -= is_heard
        else:
            is_heard = self._proving > 0
            self._proving -= is_heard
        return is_heard


@final
class LastingFlood:
    """Tells when more has come than is handled for so long that a person should know."""

    def __init__(self) -> None:
        self._since_s = NEVER_S  # when a second began, how much was dropped by then …
        self._dropped = 0
        self._seconds = 0  # … and how many had more, up to it

    def begins(self, dropped: int, now_s: float) -> bool:
        """Take how much was dropped so far, now and then; tell whether it just became lasting."""
        if now_s - self._since_s < 1:
            return False
        self._since_s = now_s
        self._seconds = self._seconds + 1 if dropped > self._dropped else 0
        self._dropped = dropped
        return self._seconds == LASTING
