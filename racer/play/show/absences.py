"""Who is gone, how, and who drives on; and that they are back: in plain words, each thing once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import assert_never, final

from net import NodeId, PeerState
from racer.play.limits import ABSENCE_AGAIN_NS, ABSENCES_GATHER_NS, SETTLE_NS
from racer.play.room.room import Race
from racer.play.room.room_state import RoomState

NAMED_MAX = 3  # of many who went together


class Why(Enum):
    """How somebody went, as far as the net knows."""

    LEFT = "left"  # on purpose
    DIED = "died"  # its machine lives and says that nobody listens there any more
    SILENT = "silent"


@dataclass(slots=True)
class Absence:
    """One who is gone."""

    why: Why
    due_ns: int  # when it is told, if it lasts so long
    told: bool = False


@final
class Absences:
    """Compares who is here with what was told, at each tick.

    Whoever never was here for a moment is not missed, and who is back before it was told never was
    gone: neither a bot that enters nor a link that flickers makes words.
    """

    def __init__(self, me: NodeId) -> None:
        self._me = me
        self._here_ns: dict[NodeId, int] = {}  # who is in the room, since when
        self._gone: dict[NodeId, Absence] = {}
        self._told_ns: dict[NodeId, int] = {}  # when it was told last that somebody went
        self._lost_car = False  # somebody else drives ours

    def lines(self, state: RoomState, length_m: float, now_ns: int) -> list[str]:
        """Return what is new.

        Args:
            length_m: of a lap, where a race runs.
            now_ns: by this machine's clock: who is gone may be whose clock the race's was.
        """
        back = self._note_changes(state, now_ns)
        lines = [*self._words_for_us(state), *back]
        for why in Why:
            untold = {n: a.due_ns for n, a in self._gone.items() if not a.told and a.why is why}
            if min(untold.values(), default=now_ns + 1) <= now_ns:
                soon_ns = now_ns + ABSENCES_GATHER_NS
                nodes = [node for node, due_ns in untold.items() if due_ns <= soon_ns]
                lines.extend(self._tell_gone(state, nodes, why, length_m, now_ns))
        return lines

    def _note_changes(self, state: RoomState, now_ns: int) -> list[str]:
        """Note who went and who came; return what to say of those who are back."""
        lines: list[str] = []
        here = state.roster.here_ns
        for node in state.roster.nodes():
            if node == self._me:
                continue
            if state.roster.state_of(node) in {PeerState.ALIVE, PeerState.SUSPECT}:
                if node in here:
                    self._here_ns.setdefault(node, now_ns)
                lines.extend(self._welcome_back(state, node))
            elif node not in self._gone:
                since_ns = self._here_ns.pop(node, now_ns)
                if now_ns - since_ns > SETTLE_NS:
                    self._gone[node] = self._begin_absence(state, node, now_ns)
        return lines

    def _begin_absence(self, state: RoomState, node: NodeId, now_ns: int) -> Absence:
        """Begin an absence: it is told with those of the same moment, and not over and over."""
        again_ns = self._told_ns.get(node, -ABSENCE_AGAIN_NS) + ABSENCE_AGAIN_NS
        due_ns = max(now_ns + ABSENCES_GATHER_NS, again_ns)
        if state.roster.state_of(node) is PeerState.LEFT:
            return Absence(Why.LEFT, due_ns)
        return Absence(Why.DIED if state.roster.is_refused(node) else Why.SILENT, due_ns)

    def _welcome_back(self, state: RoomState, node: NodeId) -> list[str]:
        """Return what to say of one who lives: once it has its car again, if it has one."""
        absence = self._gone.get(node)
        if absence is None:
            return []
        race = _race_of(state)
        number = None if race is None else race.number_of(node)
        if absence.told and race is not None and number is not None:
            if race.driver_of(number) != node:
                return []
            del self._gone[node]
            return [f"{state.roster.name_of(node)} is back in the car."]
        if absence.told and node not in state.roster.here_ns:
            return []
        del self._gone[node]
        return [f"{state.roster.name_of(node)} is back."] if absence.told else []

    def _words_for_us(self, state: RoomState) -> list[str]:
        """Return what to say of our own car, when it is ours again."""
        race = _race_of(state)
        number = None if race is None else race.number_of(self._me)
        if race is None or number is None:
            self._lost_car = False
            return []
        lost, self._lost_car = self._lost_car, race.driver_of(number) != self._me
        return ["You are back in your car."] if lost and not self._lost_car else []

    def _tell_gone(
        self, state: RoomState, nodes: Sequence[NodeId], why: Why, length_m: float, now_ns: int
    ) -> list[str]:
        for node in nodes:
            self._gone[node].told, self._told_ns[node] = True, now_ns
        names = [state.roster.name_of(node) for node in nodes]
        driven = [node for node in nodes if self._drives_on(state, node, why, length_m)]
        alone = len(nodes) > 1 and why is Why.SILENT and not state.roster.living()
        words = _all_silent() if alone else _gone_words(names, why)
        return [" ".join([words, *_driven_words(names, why, some=len(driven))])]

    def _drives_on(self, state: RoomState, node: NodeId, why: Why, length_m: float) -> bool:
        """Whether somebody will drive the car of one who is gone."""
        race = _race_of(state)
        number = None if race is None else race.number_of(node)
        if race is None or number is None or number in state.facts.cars.finishes(race, length_m):
            return False
        return why is not Why.LEFT or race.setup.mode.rules.drives_left


def _race_of(state: RoomState) -> Race | None:
    """Return the race that is on, while it is not over."""
    race = state.room.race
    return race if race is not None and state.room.in_race and race.results is None else None


def _all_silent() -> str:
    return "Nobody else can be reached: is this machine still connected?"


def _gone_words(names: Sequence[str], why: Why) -> str:
    who, are = join_names(names), "are" if len(names) > 1 else "is"
    match why:
        case Why.LEFT:
            return f"{who} {'have' if len(names) > 1 else 'has'} left."
        case Why.DIED if len(names) > 1:
            return f"The machines of {who} have died."
        case Why.DIED:
            return f"{who}'s machine has died."
        case Why.SILENT:
            return f"{who} {are} out of reach."
        case _:
            assert_never(why)


def _driven_words(names: Sequence[str], why: Why, *, some: int) -> list[str]:
    """Return the sentence about the cars of those who are gone."""
    if some == 0:
        return []
    many = len(names) > 1
    cars = "Their cars drive on by themselves" if many else "The car drives on by itself"
    if why is Why.LEFT:
        return [f"{cars}."]
    return [f"{cars} until {'they are' if many else f'{names[0]} is'} back."]


def join_names(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    if len(names) > NAMED_MAX:
        names = [*names[: NAMED_MAX - 1], f"{len(names) - NAMED_MAX + 1} others"]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
