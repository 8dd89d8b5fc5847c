"""Races in virtual time with lap records, of which one member tells what nobody drove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Final

import msgspec

from net import Share, Submit, content_digest
from net.security.identity import Identity
from net.security.primitives import SODIUM
from net.sim import Conditions, World
from racer.app.simulation.bullring import NAME
from racer.app.simulation.bullring_track import bullring
from racer.core.recordings.recording import pack_recording
from racer.core.rules.race_setup import RaceSetup
from racer.play.records.record_book import RecordBook
from racer.play.reports import Disbelieved, ResultsSeen
from racer.play.room.lap_record import (
    RECORDS_MAX,
    LapRecord,
    RecordSigner,
    encode_records,
    make_record,
    signed_bytes,
)
from racer.play.room.messages import BestLap, BoardKept, Setup, encode
from racer.play.session import Player, Session
from racer.play.view import Phase
from tests.lies.liars_in_races import SECOND
from tests.play.laps import CIRCUIT, Atlas, claim, drive_lap, signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from net import Command, Decree, Event, Leader, NodeId, NodeView, Ruled
    from net.sim import Machine
    from racer.core.recordings.lap_recorder import DrivenLap

LAPS: Final = 2  # of which the second is a lap from line to line
FIRST_SIGNER: Final = 20  # the keys of the drivers, one after the other
LIARS_KEY: Final = FIRST_SIGNER

Told = tuple[LapRecord, bytes]
"""A record as it is told, and the bytes that are shared as its recording."""


class Boaster:
    """A session that does as the honest do, and once tells of records besides."""

    def __init__(self, session: Session, told: list[Command], *, in_race: bool) -> None:
        self._session = session
        self._told = told
        self._in_race = in_race

    def on_event(self, event: Event, node: NodeView, now_ns: int) -> list[Command]:
        return self._session.on_event(event, node, now_ns)

    def judge(
        self, ahead: list[Decree], by: Leader, waited_ns: int, node: NodeView, now_ns: int
    ) -> Ruled:
        return self._session.judge(ahead, by, waited_ns, node, now_ns)

    def on_tick(self, node: NodeView, now_ns: int) -> list[Command]:
        commands = self._session.on_tick(node, now_ns)
        phase = self._session._state.room.phase(node.race_ns(now_ns))
        if node.synced and phase is (Phase.RACING if self._in_race else Phase.LOBBY):
            told, self._told = self._told, []
            commands.extend(told)
        return commands


@dataclass
class Recorded:
    """What became of the records of a race, by machine."""

    people: int
    told: list[Command]  # by the first of them, once
    races: bool = True  # else they stay in the lobby
    books: dict[int, RecordBook] = field(default_factory=dict)
    results: dict[int, ResultsSeen] = field(default_factory=dict)
    disbelieved: dict[int, list[Disbelieved]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.world = World(1, self.sink, Conditions())
        for number in range(self.people):
            self.world.add(partial(self.program, number), number * SECOND // 20)
        self.world.invariants.liars.add(self.world.machines[0].identity.node_id)

    def sink(self, machine: Machine, what: object, now_ns: int) -> None:
        match what:
            case ResultsSeen(official=True):
                self.results[machine.number] = what
            case Disbelieved():
                self.disbelieved.setdefault(machine.number, []).append(what)
            case _:
                pass

    def program(self, number: int, me: NodeId, rng: Random) -> Session | Boaster:
        track, line = bullring()
        setup = Setup(RaceSetup(NAME, LAPS), self.people if self.races else 9)
        player = Player(
            race="records",
            name=f"bot {number}",
            bot=True,
            setup=setup,
            skill=0.4 + 0.3 * number,
            stays=True,
        )
        circuits = Atlas({NAME: track}, {NAME: CIRCUIT})
        kept = [KEPT[number]()] if number in KEPT else []
        book = RecordBook(player.name, signer(FIRST_SIGNER + number), circuits, lambda: kept)
        self.books[number] = book
        session = Session(player, me, {NAME: track}, {NAME: line}, rng, book)
        return Boaster(session, self.told, in_race=self.races) if number == 0 else session

    def run(self, for_ns: int) -> None:
        self.world.run(self.world.now_ns + for_ns)

    def board(self, number: int) -> tuple[LapRecord, ...]:
        return self.books[number].board.records()


@cache
def lap(skill: float = 0.9) -> DrivenLap:
    """Return a lap that a bot drove, and nobody of the room."""
    return drive_lap(*bullring(), skill, CIRCUIT)


def made_up_signer(number: int) -> RecordSigner:
    """Return one of as many keys as anybody likes."""
    identity = Identity.from_seed(number.to_bytes(32, "big"), SODIUM)
    return RecordSigner(
        identity.signing_public, lambda data: identity.sign(data, SODIUM), SODIUM.verify, 20_000
    )


KEPT: Final[dict[int, Callable[[], Told]]] = {
    1: lambda: claim(lap(0.6), signer(FIRST_SIGNER + 1), "bot 1"),
    2: lambda: claim(lap(0.3), signer(FIRST_SIGNER + 2), "bot 2"),
}
"""True laps of earlier days, of the honest."""


# --- records of laps that nobody drove --------------------------------------------------------


def sooner(by: RecordSigner, skill: float = 0.9) -> Told:
    """Return a lap that was driven, and told with a better time than it took."""
    return claim(replace(lap(skill), lap_ms=lap(skill).lap_ms - 2000), by)


def of_another(name: str) -> Told:
    """Return a lap in somebody else's name and by its key, signed with one's own."""
    told, packed = sooner(signer(FIRST_SIGNER + 1))
    told = msgspec.structs.replace(told, name=name)
    return msgspec.structs.replace(
        told, signature=signer(LIARS_KEY).sign(signed_bytes(told))
    ), packed


def edited(by: RecordSigner) -> Told:
    """Return a lap of which the last second is cut out of the recording."""
    recording = lap().recording
    cut = replace(recording, inputs=recording.inputs[:-60])
    return claim(replace(lap(), recording=cut, lap_ms=lap().lap_ms - 1000), by)


def in_another_car(by: RecordSigner) -> Told:
    """Return a lap that is told for another kind of car than it was driven in."""
    packed = pack_recording(lap().recording)
    return make_record((CIRCUIT, 1), lap().lap_ms, "ada", packed, by), packed


def of_no_lap(by: RecordSigner) -> Told:
    """Return a record whose recording is none."""
    packed = b"RL\x01 a lap of nobody"
    return make_record((CIRCUIT, 0), 1000, "ada", packed, by), packed


def never_drove(count: int, first: int = 1000) -> Iterator[LapRecord]:
    """Yield records of as many made-up drivers, whose recordings nobody has."""
    for number in range(first, first + count):
        by = made_up_signer(number)
        yield make_record((CIRCUIT, 0), 1000 + number % 99, "ada", number.to_bytes(8, "big"), by)


def telling(*told: Told) -> list[Command]:
    """Return what tells of best laps, and shares their recordings."""
    submitted = [Submit(encode(BestLap(record))) for record, _ in told]
    return [*(Share(packed) for _, packed in told), *submitted]


def telling_board(*records: LapRecord) -> list[Command]:
    """Return what tells of a board."""
    assert len(records) <= RECORDS_MAX
    content = encode_records(records)
    return [Share(content), Submit(encode(BoardKept(content_digest(content))))]
