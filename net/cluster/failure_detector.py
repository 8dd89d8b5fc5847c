"""Who lives: pooled first-hand evidence instead of a lone time-out.

Each node keeps when it heard every other one itself. What it suspects travels in its heartbeats,
with the age of its own last packet; whoever hears the suspect well answers with a younger age.
Ages are first-hand and never passed on, so a dead node cannot be kept young by hearsay. A verdict
falls only when nobody has heard the suspect for long enough (protocol.md, 3.2; local health and
self-suspicion follow Lifeguard, Dadgar 2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final, TypeAlias, final

import msgspec

from net.cluster.local_health import LocalHealth
from net.ids import NodeId
from net.limits import (
    BEAT_LATE_NS,
    BEATS_FULL_PEERS,
    CALM_BEATS_MAX,
    CALM_PEERS,
    DOWN_ISOLATED_NS,
    DOWN_NS,
    DOWN_PAIR_NS,
    EVIDENCE_AGE_UNIT_NS,
    FORGET_DOWN_NS,
    HEARTBEAT_NS,
    NEVER,
    PROBE_NS,
    REFUSALS_APART_NS,
    REFUSALS_VAIN_NS,
    SUSPECT_NS,
    TURN_PEERS,
)
from net.state_table import StateTable
from net.wire.messages import Suspicion

AGE_MAX = 255


def calm_beat_ns(peers: int) -> int:
    """Return how far apart beats to each of so many living peers go, while nothing is amiss.

    Who suspects somebody beats to some each HEARTBEAT_NS, and whoever hears that one says so to who
    asks, at once: verdicts are as quick.
    """
    if peers <= BEATS_FULL_PEERS:
        return HEARTBEAT_NS
    return HEARTBEAT_NS * min(-(-peers // CALM_PEERS), CALM_BEATS_MAX)


def beat_turns(peers: int) -> int:
    """Return in how many turns, HEARTBEAT_NS apart, all of so many get a beat where it is not calm.

    What all say to all would grow by the square just when a network is full, and keep it so.
    """
    if peers <= BEATS_FULL_PEERS:
        return 1
    return min(-(-peers // TURN_PEERS), CALM_BEATS_MAX)


class Health(Enum):
    """What we think of a life. A new incarnation of the same node begins as a new life."""

    UNKNOWN = "unknown"
    ALIVE = "alive"
    SUSPECT = "suspect"
    DOWN = "down"
    LEFT = "left"


class HealthEvent(Enum):
    """What moves it."""

    MET = "its session opens"
    SILENT = "not heard for SUSPECT_NS"
    HEARD = "heard"
    EXPIRED = "nor by anybody for DOWN_NS"
    FAREWELL = "Farewell comes"
    FORGOTTEN = "FORGET_DOWN_NS are over"


_S, _E = Health, HealthEvent
HEALTH: Final = StateTable(
    _S.UNKNOWN,
    {
        (_S.UNKNOWN, _E.MET): _S.ALIVE,
        (_S.ALIVE, _E.SILENT): _S.SUSPECT,
        (_S.ALIVE, _E.FAREWELL): _S.LEFT,
        (_S.SUSPECT, _E.HEARD): _S.ALIVE,
        (_S.SUSPECT, _E.EXPIRED): _S.DOWN,
        (_S.SUSPECT, _E.FAREWELL): _S.LEFT,
        (_S.DOWN, _E.HEARD): _S.ALIVE,
        (_S.DOWN, _E.FAREWELL): _S.LEFT,
        (_S.DOWN, _E.FORGOTTEN): _S.UNKNOWN,
        (_S.LEFT, _E.FAREWELL): _S.LEFT,
        (_S.LEFT, _E.FORGOTTEN): _S.UNKNOWN,
    },
)


class Suspected(msgspec.Struct, frozen=True):
    """We have not heard it ourselves for SUSPECT_NS."""

    node: NodeId
    incarnation: int


class Recovered(msgspec.Struct, frozen=True):
    """We hear a suspect, or one that was down, again."""

    node: NodeId
    incarnation: int


class Down(msgspec.Struct, frozen=True):
    """Nobody has heard this life for too long.

    `refused`: and its machine said that nobody listens there. A hint: it may be forged.
    """

    node: NodeId
    incarnation: int
    refused: bool = False


class ProbeNow(msgspec.Struct, frozen=True):
    """Ask the suspect to answer at once."""

    node: NodeId


DetectorAction: TypeAlias = Suspected | Recovered | Down | ProbeNow


class _Watch(msgspec.Struct):
    incarnation: int
    heard_ns: int  # when we heard it ourselves
    evidence_ns: int  # when anybody is known to have heard it
    health: Health
    probed_ns: int = 0
    ended_ns: int = 0  # when it went down or left
    asked_ns: int | None = None  # when a peer last listed it as its suspect
    refused_ns: int | None = None  # first refusal since we heard it
    refused_twice: bool = False
    in_vain_ns: int = NEVER  # when it was last heard after a refusal: it was there all the time

    @property
    def lives(self) -> bool:
        return self.health is Health.ALIVE or self.health is Health.SUSPECT

    def move(self, event: HealthEvent) -> None:
        self.health = HEALTH.after(self.health, event)


@final
class FailureDetector:
    """Watches all nodes we have met but ourselves. A verdict names a life, not a node for good."""

    def __init__(self, me: NodeId, health: LocalHealth) -> None:
        self._me = me
        self._health = health
        self._watches: dict[NodeId, _Watch] = {}  # in order of node ids
        self._living = 0  # as of the last tick

    @property
    def beat_ns(self) -> int:
        """How far apart beats of each living peer come, while nothing is amiss."""
        return calm_beat_ns(self._living)

    @property
    def turns(self) -> int:
        """In how many turns all living peers get a beat, while something is amiss."""
        return beat_turns(self._living)

    @property
    def suspects(self) -> bool:
        """Whether we have not heard somebody ourselves, who is not down yet."""
        return any(watch.health is Health.SUSPECT for watch in self._watches.values())

    @property
    def _suspect_ns(self) -> int:
        return SUSPECT_NS + self.beat_ns - HEARTBEAT_NS

    def on_heard(self, node: NodeId, incarnation: int, now_ns: int) -> None:
        """Note an authentic, fresh packet that came straight from this life of a node."""
        watch = self._watches.get(node)
        if node == self._me or (watch is not None and incarnation < watch.incarnation):
            return
        if watch is None or incarnation > watch.incarnation:
            met = HEALTH.after(HEALTH.initial, HealthEvent.MET)
            self._watches[node] = _Watch(incarnation, now_ns, now_ns, met)
            if watch is None:  # seldom, and they are gone through at each tick
                self._watches = dict(sorted(self._watches.items()))
            return
        watch.heard_ns = watch.evidence_ns = now_ns
        if watch.refused_ns is not None and now_ns - watch.refused_ns > REFUSALS_APART_NS:
            watch.in_vain_ns = now_ns
        watch.refused_ns, watch.refused_twice = None, False

    def on_evidence(self, reporter: NodeId, suspicions: Sequence[Suspicion], now_ns: int) -> bool:
        """Take what a peer itself last heard of those it suspects or was asked about.

        Returns:
            Whether it asks about one whom we hear better.
        """
        asks = False
        for suspicion in suspicions:
            watch = self._watches.get(suspicion.node)
            if watch is None or suspicion.node == reporter:
                continue
            if suspicion.incarnation != watch.incarnation:
                continue
            age_ns = suspicion.age * EVIDENCE_AGE_UNIT_NS
            if suspicion.age < AGE_MAX:
                watch.evidence_ns = max(watch.evidence_ns, now_ns - age_ns)
            if age_ns > self._suspect_ns:  # it suspects, so it asks; a younger age was an answer
                watch.asked_ns = now_ns
                asks = asks or now_ns - watch.heard_ns <= self._suspect_ns
        return asks

    def on_left(self, node: NodeId, incarnation: int) -> None:
        """Note that this life ends on purpose."""
        watch = self._watches.get(node)
        if watch is not None and watch.incarnation == incarnation:
            watch.move(HealthEvent.FAREWELL)
            watch.ended_ns = watch.heard_ns

    def on_refused(self, node: NodeId, now_ns: int) -> None:
        """Note that the node's machine says nobody listens there. A hint: it may be forged.

        Of a life that was heard after a refusal no more counts for REFUSALS_VAIN_NS.
        """
        watch = self._watches.get(node)
        if watch is None or now_ns - watch.in_vain_ns < REFUSALS_VAIN_NS:
            return
        if watch.refused_ns is None:
            watch.refused_ns = now_ns
        elif now_ns - watch.refused_ns >= REFUSALS_APART_NS:
            watch.refused_twice = True

    def on_pause(self, now_ns: int) -> None:
        """After a pause of our own the silence was ours: everybody gets full credit."""
        for watch in self._watches.values():
            if watch.lives:
                watch.heard_ns = watch.evidence_ns = now_ns

    def on_tick(self, now_ns: int) -> list[DetectorAction]:
        """Return what changed, by node id. Call it when all that arrived has been handled."""
        verdicts: list[DetectorAction] = []
        scale, apart_ns = self._health.timeout_scale, self.beat_ns
        usual_ns, quick_ns = int(self._suspect_ns * scale), int(SUSPECT_NS * scale)
        late_ns = int((apart_ns + BEAT_LATE_NS) * scale)
        wait_ns = self._suspicion_timeout_ns(usual_ns, now_ns)
        for node, watch in list(self._watches.items()):
            silent_ns = now_ns - watch.heard_ns
            suspect_ns = quick_ns if watch.refused_twice else usual_ns
            if watch.health is Health.ALIVE and silent_ns <= suspect_ns:
                asks = silent_ns > late_ns or watch.refused_ns is not None
                if asks and apart_ns > HEARTBEAT_NS:
                    verdicts.extend(_probe(node, watch, now_ns))
                continue
            if watch.lives or watch.health is Health.DOWN:
                verdicts.extend(_update_health(node, watch, suspect_ns, wait_ns, now_ns))
            if not watch.lives and now_ns - max(watch.ended_ns, watch.heard_ns) > FORGET_DOWN_NS:
                watch.move(HealthEvent.FORGOTTEN)
                del self._watches[node]
        return verdicts

    def suspicions(self, now_ns: int) -> tuple[Suspicion, ...]:
        """Return our first-hand evidence about suspects, ours and those of whom we were asked."""
        listed: list[Suspicion] = []
        for node, watch in self._watches.items():
            asked = watch.asked_ns is not None and now_ns - watch.asked_ns <= SUSPECT_NS
            if watch.health is Health.SUSPECT or (asked and watch.lives):
                age = min((now_ns - watch.heard_ns) // EVIDENCE_AGE_UNIT_NS, AGE_MAX)
                listed.append(Suspicion(node, watch.incarnation, age))
        return tuple(listed)

    def state_of(self, node: NodeId) -> Health:
        watch = self._watches.get(node)
        return Health.UNKNOWN if watch is None else watch.health

    def _suspicion_timeout_ns(self, suspect_ns: int, now_ns: int) -> int:
        """Return how old the newest evidence may be, by how much of our view is silent.

        Who runs late itself waits longer (Lifeguard: Dadgar 2017), but not for ever.
        """
        living = stale = 0
        for watch in self._watches.values():
            if watch.lives:
                living += 1
                stale += now_ns - watch.heard_ns > suspect_ns
        self._living = living
        if living >= 2 and 2 * stale > living + 1:
            return DOWN_ISOLATED_NS
        wait_ns = DOWN_PAIR_NS if living < 2 else DOWN_NS
        return min(int(wait_ns * self._health.timeout_scale), DOWN_ISOLATED_NS)


def _update_health(
    node: NodeId, watch: _Watch, suspect_ns: int, wait_ns: int, now_ns: int
) -> list[DetectorAction]:
    verdicts: list[DetectorAction] = []
    if now_ns - watch.heard_ns <= suspect_ns:
        if watch.health is not Health.ALIVE:
            watch.move(HealthEvent.HEARD)
            verdicts.append(Recovered(node, watch.incarnation))
        return verdicts
    if watch.health is Health.DOWN:
        return verdicts
    if watch.health is Health.ALIVE:
        watch.move(HealthEvent.SILENT)
        verdicts.append(Suspected(node, watch.incarnation))
    if watch.refused_twice and wait_ns != DOWN_ISOLATED_NS:
        wait_ns = suspect_ns
    if now_ns - watch.evidence_ns > wait_ns:
        watch.move(HealthEvent.EXPIRED)
        watch.ended_ns = now_ns
        verdicts.append(Down(node, watch.incarnation, watch.refused_ns is not None))
    else:
        verdicts.extend(_probe(node, watch, now_ns))
    return verdicts


def _probe(node: NodeId, watch: _Watch, now_ns: int) -> list[DetectorAction]:
    if now_ns - watch.probed_ns < PROBE_NS:
        return []
    watch.probed_ns = now_ns
    return [ProbeNow(node)]
