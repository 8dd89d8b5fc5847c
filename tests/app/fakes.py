"""A lounge and a seat without a network: a heat of bots on this machine, shown as a race."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

from racer.app.doctor.finding import Finding, Grade
from racer.app.window.circuit_source import DEFAULT, CircuitSource
from racer.app.window.ports import LeftRace, RaceCard, RecordRow, Settings, TapedCircuit
from racer.app.window.scene import OpenRace, Trial
from racer.app.window.scenes.demo import NAMES, Demo
from racer.core.rules.laps import race_distance_m
from racer.core.rules.race_setup import RaceSetup
from racer.core.rules.results import classify
from racer.core.tuning import BOOST_TICKS_MAX, GRID_MAX, LAPS_MAX, tick_start_ns
from racer.play.view import (
    Autopilot,
    BeReady,
    Break,
    CarView,
    ChatView,
    Choose,
    ChooseCar,
    Drive,
    DriverView,
    EndRace,
    Intent,
    Notice,
    Phase,
    Quit,
    RaceView,
    Rescue,
    ResultView,
    Say,
    ShowNetwork,
    Start,
    VoteRemoval,
)

if TYPE_CHECKING:
    from racer.app.window.ports import ReplayCard
    from racer.core.circuits.track import Track
    from racer.core.recordings.race_tape import Tape, TapeHead

MINE: Final = 3  # number of our car …
OURS: Final = MINE - 1  # … and its place in the heat
GREEN_TICKS: Final = 210  # from the start of the countdown


class FakeSeat:
    """A race that moves on only when `step` is called. Our car is driven by a bot, too."""

    def __init__(
        self,
        circuits: CircuitSource,
        cars: int = 8,
        laps: int = 3,
        race: str = "friday",
        track: str = DEFAULT,
        mine: int = MINE,
    ) -> None:
        self.mine = mine  # the number of our car
        self.circuits = circuits
        self.race = race
        self.count = cars
        self.laps = laps
        self.track = track
        self.kind = 0  # of our car
        self.phase = Phase.LOBBY
        self.tick = 0
        self.green_tick: int | None = None
        self.sent: list[Intent] = []
        self.said: list[ChatView] = []
        self.notices: list[Notice] = []
        self.left = False
        self.ready = False  # for the next race: we, and all but these numbers
        self.unready: tuple[int, ...] = ()
        self.trouble: str | None = None
        self.unwell = ""  # what does not work
        self.begun = True
        self.waiting = ""
        self.barred = False  # no waiting lets us in
        self.denied = False  # our passphrase was refused
        self.copied = False  # another machine has our key
        self.drama = False  # every third car slides, every fifth burns boost, every other brakes
        self.demo = self._demo()
        self.shown: RaceView | None = None  # instead of the newest
        self._newest: RaceView | None = None
        self._key: tuple[object, ...] = ()

    def _demo(self) -> Demo:
        track = self._track()
        return Demo(track, self.circuits.line(track), self.count, seed=3)

    def _track(self) -> Track:
        track = self.circuits.track(self.track)
        assert track is not None
        return track

    def step(self, ticks: int = 1) -> None:
        for _ in range(ticks):
            self.tick += 1
            if self.green_tick is not None and self.tick >= self.green_tick:
                if self.phase is Phase.COUNTDOWN:
                    self.phase = Phase.RACING
                self.demo.step()
            if self.phase is Phase.RACING and all(
                entry.progress.laps_done >= self.laps for entry in self.demo.heat.entries
            ):
                self.phase = Phase.FINISHED

    def start(self) -> None:
        self.demo = self._demo()
        self.phase, self.green_tick = Phase.COUNTDOWN, self.tick + GREEN_TICKS

    def back_to_lobby(self) -> None:
        self.phase, self.green_tick = Phase.LOBBY, None

    def notice(self, text: str) -> None:
        self.notices.append(Notice(text, tick_start_ns(self.tick)))

    def hear(self, name: str, text: str, node: bytes = b"\x01" * 16) -> None:
        key = f"heard-{len(self.said)}"
        self.said.append(ChatView(len(self.said), key, node, name, text, mine=False))

    # --- Seat ---------------------------------------------------------------------------------

    def view(self) -> RaceView | None:
        if not self.begun:
            return None
        if self.shown is not None:
            return self.shown
        state = (self.tick, self.phase, self.track, self.laps, self.count, self.kind, self.ready)
        key = (*state, len(self.said), len(self.notices))
        if self._newest is None or self._key != key:
            self._key, self._newest = key, self._view()
        return self._newest

    def _view(self) -> RaceView:
        cars = self._cars() if self.phase is not Phase.LOBBY else ()
        results = self._results()
        return RaceView(
            race=self.race,
            me=bytes([self.mine]) * 16,
            phase=self.phase,
            synced=True,
            now_ns=tick_start_ns(self.tick),
            tick=self.tick,
            green_ns=None if self.green_tick is None else tick_start_ns(self.green_tick),
            setup=RaceSetup(self.track, self.laps),
            players=0,
            coordinator=bytes([1]) * 16,
            coordinator_name=NAMES[0],
            epoch=1,
            cars=cars,
            drivers=tuple(self._driver(k) for k in range(self.count)),
            chat=tuple(self.said[-50:]),
            results=results,
            official=self.phase is Phase.FINISHED,
            digest="3fa9c0de11" if self.phase is Phase.FINISHED else "",
            closes_ns=None,
            taken=(False, True),
            boost=self._boost(),
            wrong_way=False,
            notices=tuple(self.notices[-8:]),
            waiting=self.waiting,
            barred=self.barred,
        )

    def send(self, intent: Intent) -> None:
        self.sent.append(intent)
        match intent:
            case Start():
                self.start()
            case Say(text):
                key = f"mine-{len(self.said)}"
                mine = bytes([self.mine]) * 16
                self.said.append(ChatView(None, key, mine, NAMES[self.mine - 1], text, mine=True))
            case Choose(setup):
                self.track, self.laps = setup.track, min(LAPS_MAX, setup.laps)
            case ChooseCar(car):
                self.kind = car
            case BeReady(on):
                self.ready = on
            case Drive() | Rescue() | Autopilot() | Quit() | EndRace() | ShowNetwork() | Break():
                pass
            case VoteRemoval():
                pass

    def needs_identity(self) -> bool:
        return self.copied

    def is_denied(self) -> bool:
        return self.denied

    def failure(self) -> str | None:
        return self.trouble

    def trouble_line(self) -> str:
        return self.unwell

    def codes(self) -> tuple[tuple[str, str], ...]:
        return (("eth0", "KFRT-BMWX-A"),)

    def key_log(self) -> str:
        return ""

    def leave(self) -> None:
        self.left = True

    def add_bot(self, skill: float | None = None) -> None:
        self.count = min(GRID_MAX, self.count + 1)

    def remove_bot(self) -> None:
        self.count = max(1, self.count - 1)

    def bots(self) -> int:
        return self.count - 4

    # --- what it shows ------------------------------------------------------------------------

    def _cars(self) -> tuple[CarView, ...]:
        finished = {
            fact.car + 1: fact.race_ms for fact in self.demo.heat.facts if fact.lap == self.laps
        }
        cars = tuple(
            replace(
                car,
                finished_ms=finished.get(car.number),
                car=self.kind if car.mine else (car.number - 1) % 3,  # as `_driver` tells
            )
            for car in self.demo.cars(self.mine)
        )
        if self.drama:
            cars = tuple(
                replace(car, sliding=k % 3 == 2, boosting=k % 5 == 0, braking=k % 2 == 0)
                for k, car in enumerate(cars)
            )
        return cars

    def _results(self) -> tuple[ResultView, ...]:
        heat = self.demo.heat
        if not any(fact.lap == self.laps for fact in heat.facts):
            return ()
        ways = {k: race_distance_m(e.progress, heat.track) for k, e in enumerate(heat.entries)}
        return tuple(
            ResultView(
                place=row.place,
                node=bytes([row.car + 1]) * 16,
                name=NAMES[row.car],
                number=row.car + 1,
                laps=row.laps,
                ms=row.ms,
                best_ms=row.best_ms,
                mine=row.car + 1 == self.mine,
            )
            for row in classify(heat.facts, self.laps, ways)
        )

    def _driver(self, k: int) -> DriverView:
        return DriverView(
            node=bytes([k + 1]) * 16,
            name=NAMES[k],
            number=k + 1,
            bot=k > 3,
            mine=k + 1 == self.mine,
            ready=self.ready if k + 1 == self.mine else k + 1 not in self.unready,
            state="alive" if k != 3 else "suspect",
            coordinator=k == 0,
            rtt_ms=None if k + 1 == self.mine else 0.4 + 0.3 * k,
            car=self.kind if k + 1 == self.mine else k % 3,
        )

    def _boost(self) -> float:
        return self.demo.heat.entries[self.mine - 1].car.boost_ticks / BOOST_TICKS_MAX


class FakeDiagnosis:
    """A doctor who is done."""

    findings = (
        Finding("firewall on eth0", Grade.FAULT, "keeps out UDP 42472", "ufw allow 42472/udp"),
        Finding("port 5353", Grade.FINE, "free for multicast DNS, or shared"),
    )
    done = True


@final
class FakeLounge:
    """Some races nearby, none of them real."""

    def __init__(self, circuits: CircuitSource, cards: tuple[RaceCard, ...] = ()) -> None:
        self.damaged = 0  # tapes
        self.tapes: dict[ReplayCard, Tape | None] = {}
        self.trials: list[Trial] = []
        self.rows: tuple[RecordRow, ...] | None = ()
        self.left_out: tuple[str, ...] = ()
        self.settings = Settings("Ada")
        self.pair = False
        self.second: FakeSeat | None = None
        self.circuits = circuits
        self.cards = cards
        self.offer: LeftRace | None = None
        self.line = ""
        self.opened: list[str] = []
        self.joined: list[str] = []
        self.words: list[str | None] = []  # passphrases of those
        self.wishes: list[OpenRace] = []
        self.waiting = ""  # what a seat says at first of why one is not in it
        self.handle: FakeSeat | None = None
        self.closed = False
        self.renewed = 0
        self.unwritable = ""  # why there is no new identity
        self.sought: list[str] = []

    def prepare(self) -> None:
        pass

    def nearby(self) -> tuple[RaceCard, ...]:
        return self.cards

    def network(self) -> str:
        return self.line

    def seek(self, place: str) -> str:
        self.sought.append(place)
        return "" if ":" in place else f"{place!r} is not HOST:PORT"

    def diagnose(self) -> FakeDiagnosis:
        return FakeDiagnosis()

    def passphrase(self, race: str) -> str | None:
        return dict(self.settings.passphrases).get(race)

    def join_race(self, race: str, passphrase: str | None = None, island: str = "") -> FakeSeat:
        self.joined.append(f"{race} {island}" if island else race)
        self.words.append(passphrase)
        return self._seat(race)

    def open_race(self, wish: OpenRace) -> FakeSeat:
        self.opened.append(wish.race)
        self.wishes.append(wish)
        return self._seat(wish.race)

    def _seat(self, race: str) -> FakeSeat:
        self.handle = FakeSeat(self.circuits, race=race)
        self.handle.waiting = self.waiting
        return self.handle

    def sit_beside(self) -> FakeSeat | None:
        assert self.handle is not None, "a second seat is beside a first"
        self.second = FakeSeat(self.circuits, race=self.handle.race)
        return self.second

    def replays(self) -> tuple[ReplayCard, ...]:
        return tuple(self.tapes)

    def taped_circuit(self, head: TapeHead) -> TapedCircuit:
        return TapedCircuit(None, same=head.content != b"other")

    def damaged_replays(self) -> int:
        return self.damaged

    def open_replay(self, replay: str) -> Tape | None:
        return self.tapes[next(card for card in self.tapes if card.id == replay)]

    def watch_race(self, race: str, passphrase: str | None = None, island: str = "") -> FakeSeat:
        self.watched = race
        return self.join_race(race, passphrase, island)

    def practice(self) -> FakeSeat:
        return self.open_race(OpenRace("practice"))

    def trial(self, wish: Trial) -> FakeSeat:
        self.trials.append(wish)
        seat = self._seat("trial")
        seat.count, seat.track, seat.laps = 1, wish.track, wish.laps
        return seat

    def record_rows(self) -> FakeLounge:
        return self

    def networks(self) -> tuple[tuple[str, str], ...]:
        return (("eth0", "192.168.1.7"), ("wlan0", "10.0.0.4"))

    def renew_identity(self) -> str:
        self.renewed += 1
        return self.unwritable

    def resume_offer(self) -> LeftRace | None:
        return self.offer

    def close(self) -> None:
        self.closed = True
