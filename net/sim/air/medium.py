"""A shared medium: stations and an access point contend for one air, and one of them sends.

The distributed coordination function (IEEE 802.11-2020, 10.3): who has something to send waits for
a gap, counts down slots that it drew, and sends when they are over; whose slots are over at once
collide, and draw from twice as many. The access point is one contender among all, and carries
half of all that they say to each other: so it is at its queue that an air that is full loses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final, TypeAlias, final

from net.sim.air.airtime import (
    AGGREGATE_BYTES_MAX,
    AIFS_NS,
    BEACON_NS,
    SLOT_NS,
    TRIES_MAX,
    WINDOW_MAX,
    WINDOW_MIN,
    Air,
    exchange_ns,
    group_ns,
)

if TYPE_CHECKING:
    from random import Random

ACCESS_POINT: Final = -1
"""As a sender's number."""


@dataclass(frozen=True, slots=True)
class AirFrame:
    """A datagram on its way; `receiver` None: to the group of all."""

    sender: int
    receiver: int | None
    size: int
    land: Callable[[int | None], None]  # with who got it; None: it is lost
    listeners: tuple[int, ...] = ()  # of one to the group


Fate: TypeAlias = tuple[AirFrame, int | None]
"""A frame, and who has it now; None: it is lost."""


@dataclass(slots=True)
class AirUse:
    """What became of the air so far."""

    busy_ns: int = 0  # frames and acknowledgements: what an access point tells of itself (BSS Load)
    waited_ns: int = 0  # gaps and slots in which somebody had something to send
    exchanges: int = 0
    collisions: int = 0
    carried: int = 0  # frames for the access point to pass on
    overflown: int = 0  # of them lost at its full queue
    unsent: int = 0  # lost at a station's full queue
    given_up: int = 0  # lost after TRIES_MAX tries

    def __sub__(self, before: AirUse) -> AirUse:
        """Return what became of it since."""
        names = [each.name for each in fields(self)]
        return AirUse(*(getattr(self, name) - getattr(before, name) for name in names))


@dataclass(slots=True)
class _Sender:
    """One that contends: a station, or the access point."""

    waiting: deque[AirFrame] = field(default_factory=deque)
    slots: int = 0
    window: int = WINDOW_MIN
    tries: int = 0


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What is on the air: of one sender, or of several that collide."""

    senders: tuple[int, ...]
    frames: int  # of the one, from its head
    ends_ns: int


@final
class Medium:
    """The air of one access point. Performs nothing: `advance` returns what has become of frames.

    Invariant: one exchange at a time; whoever waits while there is none counts down.
    """

    def __init__(self, air: Air, rng: Random) -> None:
        self.air = air
        self.use = AirUse()
        self.isolating = 0  # so many reasons not to pass on from station to station
        self._rng = rng
        self._senders: dict[int, _Sender] = {ACCESS_POINT: _Sender()}
        self._exchange: _Exchange | None = None
        self._from_ns = 0  # since when slots are counted down
        self._wanted_ns = 0  # since when somebody waits, and the air is free
        self._away: set[int] = set()  # stations that are not associated
        self._dozing = dict(air.dozing)
        self._awake_ns: dict[int, int] = {}  # until when each station that dozes listens
        self._held: dict[int | None, tuple[int, list[AirFrame]]] = {}  # until when, for whom

    # --- who hangs on it ----------------------------------------------------------------------

    def carries(self, sender: int, receiver: int) -> bool:
        """Tell whether what one says to another goes over the air."""
        return not {sender, receiver} <= set(self.air.wired)

    def parts(self, sender: int, receiver: int) -> bool:
        """Tell whether nothing can pass, because of the access point."""
        if not self.carries(sender, receiver):
            return False
        stations = {sender, receiver} - set(self.air.wired)
        return bool(stations & self._away) or (self.isolating > 0 and len(stations) > 1)

    def restart(self, stations: Iterable[int]) -> None:
        """Have the access point begin anew: what it held is lost, stations are not associated."""
        self._senders[ACCESS_POINT] = _Sender()
        if self._exchange is not None and ACCESS_POINT in self._exchange.senders:
            self._exchange = _Exchange((), 0, self._exchange.ends_ns)
        self._held.clear()
        self._away.update(set(stations) - set(self.air.wired))

    def associate(self, station: int) -> None:
        """Have a station take part again."""
        self._away.discard(station)

    # --- what is sent -------------------------------------------------------------------------

    def offer(self, frame: AirFrame, now_ns: int) -> list[Fate]:
        """Take what somebody sends. Returns what is lost, or there, at once."""
        if frame.sender in self.air.wired:
            return self._pass_on(frame, now_ns)
        if frame.sender in self._away:
            return [(frame, None)]
        if frame.sender in self._dozing:
            self._awake_ns[frame.sender] = now_ns + self.air.awake_ns
        if self._put_frame(frame.sender, frame, now_ns):
            return []
        self.use.unsent += 1
        return [(frame, None)]

    @property
    def next_ns(self) -> int | None:
        """When something happens; None: nothing will before something is offered."""
        times = [until_ns for until_ns, _ in self._held.values()]
        if self._exchange is not None:
            times.append(self._exchange.ends_ns)
        elif slots := [each.slots for each in self._senders.values() if each.waiting]:
            times.append(self._from_ns + min(slots) * SLOT_NS)
        return min(times, default=None)

    def advance(self, now_ns: int) -> list[Fate]:
        """Do all that is due. Returns what has become of frames."""
        fates: list[Fate] = []
        while (due_ns := self.next_ns) is not None and due_ns <= now_ns:
            over = [to for to, (until_ns, _) in self._held.items() if until_ns <= due_ns]
            for to in over:
                fates.extend(self._wake_for(to, due_ns))
            if over:
                continue
            if self._exchange is None:
                self._begin_exchange(due_ns)
            else:
                fates.extend(self._end_exchange(self._exchange, due_ns))
        return fates

    # --- contention ---------------------------------------------------------------------------

    def _put_frame(self, number: int, frame: AirFrame, now_ns: int) -> bool:
        """Let a frame wait with a sender; False: its queue is full."""
        sender = self._senders.setdefault(number, _Sender())
        if len(sender.waiting) >= self.air.queue:
            return False
        sender.waiting.append(frame)
        if len(sender.waiting) == 1:
            self._begin_contending(sender, now_ns)
        return True

    def _begin_contending(self, joining: _Sender, now_ns: int) -> None:
        """Have a sender contend: at once, where the air has been free for long enough (10.3.4)."""
        joining.slots = self._rng.randint(0, joining.window)
        if self._exchange is not None:
            return
        others = [each for each in self._senders.values() if each.waiting and each is not joining]
        if not others:
            self._wanted_ns = now_ns
            if now_ns >= self._from_ns:
                self._from_ns, joining.slots = now_ns, 0
        elif now_ns >= self._from_ns:
            passed = min((now_ns - self._from_ns) // SLOT_NS, *(each.slots for each in others))
            self._count_down(others, passed)
            self._from_ns += passed * SLOT_NS
            joining.slots = 1  # at the next slot

    def _count_down(self, senders: Iterable[_Sender], slots: int) -> None:
        for sender in senders:
            sender.slots -= slots

    def _begin_exchange(self, now_ns: int) -> None:
        contending = {number: each for number, each in self._senders.items() if each.waiting}
        least = min(each.slots for each in contending.values())
        self._count_down(contending.values(), least)
        self.use.waited_ns += now_ns - self._wanted_ns
        winners = tuple(number for number, each in contending.items() if each.slots == 0)
        batches = [self._batch_of(number) for number in winners]
        lasts_ns = max(
            self._lasts_ns(number, batch) for number, batch in zip(winners, batches, strict=True)
        )
        self.use.busy_ns += lasts_ns
        self.use.exchanges += 1
        self.use.collisions += len(winners) > 1
        self._exchange = _Exchange(winners, len(batches[0]), now_ns + lasts_ns)

    def _batch_of(self, number: int) -> list[AirFrame]:
        """Return what a sender puts into one exchange: its next frames for the same receiver."""
        waiting = self._senders[number].waiting
        first, size = waiting[0], 0
        batch: list[AirFrame] = []
        for frame in waiting:
            size += frame.size
            same = number != ACCESS_POINT or frame.receiver == first.receiver is not None
            if batch and (not same or size > AGGREGATE_BYTES_MAX):
                break
            batch.append(frame)
            if len(batch) >= self.air.aggregation:
                break
        return batch

    def _lasts_ns(self, number: int, batch: list[AirFrame]) -> int:
        """Return how long an exchange takes. A station says what is for all to the access point."""
        if number == ACCESS_POINT and batch[0].receiver is None:
            return group_ns(self.air, batch[0].size)
        return exchange_ns(self.air, [frame.size for frame in batch])

    def _end_exchange(self, exchange: _Exchange, now_ns: int) -> list[Fate]:
        self._exchange = None
        self._from_ns, self._wanted_ns = now_ns + AIFS_NS, now_ns
        fates: list[Fate] = []
        collided = len(exchange.senders) > 1
        for number in exchange.senders:
            sender = self._senders[number]
            frames = exchange.frames if not collided else len(self._batch_of(number))
            to_all = number == ACCESS_POINT and sender.waiting[0].receiver is None
            if to_all or not (collided or self._rng.random() < self.air.loss):
                taken = [sender.waiting.popleft() for _ in range(frames)]
                for frame in taken:
                    fates.extend(self._deliver_frame(number, frame, now_ns, heard=not collided))
                sender.window, sender.tries = WINDOW_MIN, 0
            else:
                fates.extend(self._note_failure(sender, frames))
            sender.slots = self._rng.randint(0, sender.window)
        return fates

    def _note_failure(self, sender: _Sender, frames: int) -> list[Fate]:
        sender.tries += 1
        if sender.tries < TRIES_MAX:
            sender.window = min(2 * sender.window + 1, WINDOW_MAX)
            return []
        sender.window, sender.tries = WINDOW_MIN, 0
        self.use.given_up += frames
        return [(sender.waiting.popleft(), None) for _ in range(frames)]

    # --- the access point ---------------------------------------------------------------------

    def _deliver_frame(self, by: int, frame: AirFrame, now_ns: int, *, heard: bool) -> list[Fate]:
        if by != ACCESS_POINT:
            return self._pass_on(frame, now_ns)
        if frame.receiver is not None:
            return [(frame, None if frame.receiver in self._away else frame.receiver)]
        absent = {frame.sender, *self._away, *self.air.wired}
        return [
            (frame, station)
            for station in frame.listeners
            if station not in absent and heard and self._rng.random() >= self.air.loss
        ]

    def _pass_on(self, frame: AirFrame, now_ns: int) -> list[Fate]:
        """Take what came from a station, or by cable, for one or for all."""
        to = frame.receiver
        if to is None:
            wired = [each for each in self.air.wired if each in frame.listeners]
            by_cable: list[Fate] = [(frame, each) for each in wired if each != frame.sender]
            between = self.isolating == 0 or frame.sender in self.air.wired
            return [*by_cable, *(self._hold_or_put(frame, now_ns) if between else [])]
        if to in self.air.wired:
            return [(frame, to)]
        if self.parts(frame.sender, to):
            return [(frame, None)]
        return self._hold_or_put(frame, now_ns)

    def _hold_or_put(self, frame: AirFrame, now_ns: int) -> list[Fate]:
        """Let a frame wait for its turn; or first for the beacon at which its receiver wakes up."""
        self.use.carried += 1
        beacons = self._sleeps_for(frame.receiver, now_ns)
        if beacons == 0:
            if self._put_frame(ACCESS_POINT, frame, now_ns):
                return []
        else:
            apart_ns = beacons * BEACON_NS
            wakes_ns = (now_ns // apart_ns + 1) * apart_ns
            _, held = self._held.setdefault(frame.receiver, (wakes_ns, []))
            if len(held) < self.air.queue:
                held.append(frame)
                return []
        self.use.overflown += 1
        return [(frame, None)]

    def _sleeps_for(self, to: int | None, now_ns: int) -> int:
        """Return how many beacons apart those wake up for whom a frame is; 0: they hear it now."""
        if to is None:
            return self.air.group_beacons if self._dozing else 0
        return self._dozing.get(to, 0) if now_ns >= self._awake_ns.get(to, 0) else 0

    def _wake_for(self, to: int | None, now_ns: int) -> list[Fate]:
        """Put what was held for a station, which is awake now, before the others in turn."""
        _, held = self._held.pop(to)
        lost = [frame for frame in held if not self._put_frame(ACCESS_POINT, frame, now_ns)]
        self.use.overflown += len(lost)
        return [(frame, None) for frame in lost]
