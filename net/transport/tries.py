"""How often a passphrase may be tried at a door: a guess is checked there, and nowhere else."""

from __future__ import annotations

from typing import final

from net.limits import TRIES_MAX, TRIES_NS, TRIES_OF_HOSTS_MAX


@final
class Tries:
    """Counts wrong passphrases, and handshakes that may be guesses until they prove themselves.

    Beyond TRIES_MAX a minute nobody may try who was wrong in it; a host that was not may, once, up
    to TRIES_OF_HOSTS_MAX: else whoever guesses keeps everybody out. Whose key was in the room
    before may always: a stranger that borrows it learns nothing from failing.
    """

    def __init__(self) -> None:
        self._tried: list[tuple[int, str]] = []  # when, and which host

    def may_try(self, host: str, now_ns: int) -> bool:
        self._tried = [each for each in self._tried if now_ns - each[0] < TRIES_NS]
        if len(self._tried) < TRIES_MAX:
            return True
        known = any(other == host for _, other in self._tried)
        return not known and len(self._tried) < TRIES_OF_HOSTS_MAX

    def note(self, host: str, now_ns: int) -> None:
        self._tried.append((now_ns, host))

    def forgive(self, host: str) -> None:
        """Take back the last try of a host: it was none."""
        for number in reversed(range(len(self._tried))):
            if self._tried[number][1] == host:
                del self._tried[number]
                return
