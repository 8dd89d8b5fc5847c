"""A member of a live race that seals junk to the others, under the keys that it has with them."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final, final

from net.transport.datagram import DatagramKind
from tests.fuzz.junk import junk_control, junk_frame
from tests.fuzz.live_race import CARS, LiveRace, transport_of

if TYPE_CHECKING:
    from net.sim import Machine

LIAR: Final = CARS - 1
FRAMES_KEPT: Final = 600
BURST: Final = 32


@final
class Member:
    """Makes junk of what members said, and seals it."""

    def __init__(self, race: LiveRace, seed: int) -> None:
        self.race = race
        self.said = 0
        self.unsealed = 0  # to whom it had no session any more
        self._rng = Random(f"member {seed}")
        self._frames: list[bytes] = []
        self._controls = [bytes([tag]) + bytes(8) for tag in (1, 2, 3, 4, 5, 6)]

    def learn(self) -> None:
        """Take what was said lately for what junk is made of."""
        for said_to in self.race.said_to:
            for said in list(said_to)[-FRAMES_KEPT // CARS :]:
                plaintext = self.race.plaintext(said)
                if plaintext is None:
                    continue
                kept = self._frames if said.data[0] == DatagramKind.FRAME else self._controls
                kept.append(plaintext)
        del self._frames[: -2 * FRAMES_KEPT]
        del self._controls[6:-FRAMES_KEPT]

    def feed(self, count: int) -> None:
        """Say so much to one of the others, in bursts; what they answer is on its way then.

        Raises:
            Violation: a node found its own state broken, or members differ.
        """
        victims = [machine for machine, _ in self.race.hosts if machine.number != LIAR]
        for _ in range(0, count, BURST):
            victim = self._rng.choice(victims)
            for _ in range(BURST):
                self._say_to(victim)

    def _say_to(self, victim: Machine) -> None:
        liar = self.race.world.machines[LIAR]
        if liar.host is None or victim.host is None:
            return
        kind, plaintext = self._draw_junk()
        remote = transport_of(liar.host)._sessions.remotes.get(victim.identity.node_id)
        if remote is None or remote.current is None:
            self.unsealed += 1
            return
        data = remote.current.seal.seal(kind, plaintext)
        self.said += 1
        self.race.feed(victim, data, liar.address)

    def _draw_junk(self) -> tuple[int, bytes]:
        rng = self._rng
        if not rng.randrange(12):
            said, others = rng.choice(self._controls), self._controls
            return DatagramKind.CONTROL, junk_control(said, others, rng)
        one, other = rng.choice(self._frames), rng.choice(self._frames)
        return DatagramKind.FRAME, junk_frame(one, other, rng)

    def leave(self) -> None:
        """Fall silent, and let what was said have its effect."""
        self.race.world.crash(self.race.world.machines[LIAR])
        self.race.settle()
