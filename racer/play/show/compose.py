"""From what a session knows to what one sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from net import NodeId, NodeView
from racer.core.circuits.track import Track
from racer.core.own_car import OwnCar
from racer.core.physics.car import CarState, is_sliding
from racer.core.rules.laps import Progress
from racer.core.rules.race_setup import RaceSetup
from racer.core.rules.results import live_places
from racer.core.tuning import BOOST_TICKS_MAX, TICK_HZ
from racer.play.cars.local_race import LocalRace
from racer.play.cars.remote_cars import RemoteCar
from racer.play.limits import CHAT_SHOWN, IDLE_TOLD_NS
from racer.play.records.record_book import RecordBook
from racer.play.reports import WaitingSeen
from racer.play.room.car_facts import LapTimes
from racer.play.room.facts import Facts
from racer.play.room.messages import ResultRow
from racer.play.room.polls import (
    Poll,
    choice_of,
    end_poll,
    host_here,
    ready,
    setting_votes,
    start_ns,
    value_of_vote,
)
from racer.play.room.referee import close_ns, idle_ns, starts_by_itself
from racer.play.room.room import Race, Room
from racer.play.room.roster import Roster
from racer.play.show.disqualified import disqualified_views
from racer.play.show.reporter import standings
from racer.play.show.waiting import bars
from racer.play.view import (
    CarView,
    ChatView,
    DriverView,
    GhostView,
    NetworkView,
    Notice,
    Phase,
    Pose,
    RaceView,
    RecordView,
    RemovalView,
    ResultView,
    SettingVotes,
)

UNKNOWN: Final = RaceSetup("", 0)  # until the room tells what is raced


@dataclass(frozen=True, slots=True)
class ViewSources:
    """What there is to see."""

    player_race: str
    me: NodeId
    room: Room
    facts: Facts
    roster: Roster
    local_race: LocalRace | None
    coordinator: NodeId | None
    epoch: int
    notices: tuple[Notice, ...]
    record_book: RecordBook | None = None
    circuit: Track | None = None  # of the room, once it is here
    share: float = 1.0  # how much of it is here
    waiting: WaitingSeen | None = None  # why we are not in the room yet
    network: NetworkView | None = None
    watches: bool = False  # this player takes no part
    removals: tuple[RemovalView, ...] = ()  # votes under way
    removed: str = ""  # why we were, if we were


def compose_view(sources: ViewSources, node: NodeView, race_ns: int) -> RaceView:
    """Return the view at this tick."""
    room, local_race = sources.room, sources.local_race
    race = room.race if room.in_race else None
    chosen = room.chosen
    coordinator = sources.coordinator
    here = sources.roster.here_ns
    poll = Poll((), 0) if race is None else end_poll(race, sources.facts, here)
    lobby = race is None
    seated = [node for node in room.seats if node in here]
    by_itself = starts_by_itself(room, sources.facts, seated)
    return RaceView(
        race=sources.player_race,
        me=sources.me,
        phase=room.phase(race_ns),
        synced=node.synced,
        now_ns=race_ns,
        tick=race_ns * TICK_HZ // 1_000_000_000,
        green_ns=None if race is None else race.green_ns,
        setup=UNKNOWN if chosen is None else chosen,
        players=0 if room.setup is None or not by_itself else room.setup.players,
        qualifying=race is not None and race.qualifying,
        coordinator=coordinator,
        coordinator_name="" if coordinator is None else sources.roster.name_of(coordinator),
        epoch=sources.epoch,
        cars=() if local_race is None else _car_views(sources, local_race),
        drivers=_driver_views(sources, node),
        chat=_chat_views(sources),
        results=() if race is None else _result_views(sources, race, race_ns),
        official=race is not None and race.results is not None,
        digest="" if race is None else race.digest,
        closes_ns=None if race is None else _closes_ns(sources, race, race_ns),
        taken=()
        if race is None or local_race is None
        else _taken_pickups(race, local_race, race_ns),
        boost=_boost_share(local_race),
        wrong_way=_wrong_way(local_race),
        held=local_race is not None and local_race.own_car is not None and local_race.own_car.held,
        notices=sources.notices,
        waiting="" if sources.waiting is None else sources.waiting.text,
        barred=bars(sources.waiting),
        network=sources.network,
        end_votes=len(poll.votes),
        end_needed=poll.needed,
        watches=sources.watches,
        removals=sources.removals,
        removed=sources.removed,
        disqualified=() if race is None else disqualified_views(race, sources.roster),
        votes=_setting_votes(sources) if lobby else (),
        starts_ns=start_ns(room, sources.facts, here) if lobby else None,
        host_name=_host_name(sources),
        may_start=host_here(room, here) in {None, sources.me},
        records=_record_views(sources.record_book, chosen),
        ghosts=_ghost_views(sources.record_book, local_race),
        circuit=sources.circuit if local_race is None else local_race.track,
    )


def _record_views(
    record_book: RecordBook | None, chosen: RaceSetup | None
) -> tuple[RecordView, ...]:
    return (
        ()
        if record_book is None or chosen is None
        else record_book.rows(chosen.track, chosen.content)
    )


def _ghost_views(
    record_book: RecordBook | None, local_race: LocalRace | None
) -> tuple[GhostView, ...]:
    """Return the ghosts of a trial, or of who drives alone: in a race they would only confuse."""
    if record_book is None or local_race is None:
        return ()
    if len(local_race.race.cars) > 1 and not local_race.race.setup.mode.rules.alone:
        return ()
    return record_book.ghosts(local_race)


def _closes_ns(sources: ViewSources, race: Race, race_ns: int) -> int | None:
    """Return when the race closes: once a car has finished, or soon where nobody moves."""
    length_m = _length_m(sources.local_race)
    closes_ns = close_ns(race, sources.facts, length_m)
    if closes_ns is None and sources.room.phase(race_ns) is Phase.RACING and length_m > 0.0:
        idle = idle_ns(race, sources.facts, length_m)
        return idle if idle - race_ns < IDLE_TOLD_NS else None
    return closes_ns


def _length_m(local_race: LocalRace | None) -> float:
    return 0.0 if local_race is None else local_race.track.length_m


# --- cars -------------------------------------------------------------------------------------


def _car_views(sources: ViewSources, local_race: LocalRace) -> tuple[CarView, ...]:
    race = local_race.race
    progress = local_race.progress()
    finishes = sources.facts.cars.finishes(race, local_race.track.length_m)
    places = live_places(progress, local_race.track, finishes)
    cars: list[CarView] = []
    for number in sorted(progress):
        times = sources.facts.cars.counted_laps(race, number, local_race.track.length_m)
        own_car = local_race.own_car
        leased_car = local_race.leased_cars.get(number)
        if number == local_race.number and own_car is not None:
            cars.append(_our_car_view(sources, local_race, number, own_car, places[number], times))
        elif leased_car is not None:
            cars.append(
                _our_car_view(
                    sources, local_race, number, leased_car.own_car, places[number], times
                )
            )
        elif (remote := local_race.others.get(number)) is not None:
            cars.append(_other_car_view(sources, local_race, number, remote, places[number], times))
    return tuple(cars)


def _our_car_view(
    sources: ViewSources,
    local_race: LocalRace,
    number: int,
    own_car: OwnCar,
    place: int,
    times: LapTimes,
) -> CarView:
    """Return a car that is stepped here: our own, or one that we drive for its owner."""
    frame = own_car.frame
    return _car_view(
        sources,
        local_race,
        number,
        frame.car,
        frame.progress,
        (_car_pose(frame.car), _car_pose(own_car.before.car)),
        frame.ghost or frame.respawning,
        place,
        times,
    )


def _other_car_view(
    sources: ViewSources,
    local_race: LocalRace,
    number: int,
    remote: RemoteCar,
    place: int,
    times: LapTimes,
) -> CarView:
    poses = (remote.pose, remote.before)
    ghost = not remote.is_solid(local_race.tick)
    return _car_view(
        sources, local_race, number, remote.car, remote.progress, poses, ghost, place, times
    )


def _car_view(
    sources: ViewSources,
    local_race: LocalRace,
    number: int,
    car: CarState,
    progress: Progress,
    poses: tuple[Pose, Pose],
    ghost: bool,
    place: int,
    times: LapTimes,
) -> CarView:
    node = local_race.race.cars[number]
    entry = sources.facts.entry_of(node)
    race = local_race.race
    finish = sources.facts.cars.finishes(race, local_race.track.length_m).get(number)
    state = sources.roster.state_of(node).value
    return CarView(
        number=number,
        node=node,
        name=sources.roster.name_of(node),
        mine=node == sources.me,
        bot=entry is not None and entry.bot,
        pose=poses[0],
        before=poses[1],
        speed_ms=car.speed,
        steer=car.steer,
        sliding=is_sliding(car, local_race.race.spec_of(number)),
        braking=car.brake > 0.1 and not car.reversing,
        boosting=car.boosting,
        ghost=ghost,
        away=state in {"down", "left"},
        place=place,
        lap=min(progress.lap, race.setup.laps if finish is None else finish.lap),
        way_m=progress.s_m,
        last_ms=times[-1].lap_ms if times else None,
        best_ms=min((lap.lap_ms for lap in times), default=None),
        finished_ms=None if finish is None else finish.race_ms,
        car=local_race.race.kinds.get(number, 0),
        throttle=car.throttle,
    )


def _car_pose(car: CarState) -> Pose:
    return Pose(car.x, car.y, car.heading)


def _taken_pickups(race: Race, local_race: LocalRace, race_ns: int) -> tuple[bool, ...]:
    now_ms = max(race.race_ms(race_ns), 0)
    return tuple(now_ms < race.returns_ms(k) for k in range(len(local_race.track.pickups)))


def _boost_share(local_race: LocalRace | None) -> float:
    if local_race is None or local_race.own_car is None:
        return 0.0
    return local_race.own_car.frame.car.boost_ticks / BOOST_TICKS_MAX


def _wrong_way(local_race: LocalRace | None) -> bool:
    return (
        local_race is not None and local_race.own_car is not None and local_race.own_car.wrong_way
    )


# --- people -----------------------------------------------------------------------------------


def _driver_views(sources: ViewSources, node: NodeView) -> tuple[DriverView, ...]:
    rows: list[DriverView] = []
    chosen = sources.room.chosen
    content = None if chosen is None else chosen.content
    waiting = ready(sources.room, sources.facts)
    for who in sources.roster.nodes():
        entry = sources.facts.entry_of(who)
        number = sources.room.seats.get(who)
        state = sources.roster.state_of(who).value
        if state in {"down", "left"} and number is None:
            continue
        rows.append(
            DriverView(
                node=who,
                name=sources.roster.name_of(who),
                number=number,
                bot=entry is not None and entry.bot,
                mine=who == sources.me,
                ready=number is not None and (who in waiting or (entry is not None and entry.bot)),
                state=state,
                coordinator=who == sources.coordinator,
                rtt_ms=None if who == sources.me else node.rtt_ms(who),
                circuit=sources.share
                if who == sources.me
                else sources.facts.share_of(content, who),
                car=sources.facts.kind_of(who),
                watching=entry is None and number is None,
                host=who == sources.room.host,
            )
        )
    rows.sort(key=lambda row: (row.number is None, row.number or 0, row.name, row.node))
    return tuple(rows)


def _host_name(sources: ViewSources) -> str:
    host = host_here(sources.room, sources.roster.here_ns)
    return "" if host is None else sources.roster.name_of(host)


def _setting_votes(sources: ViewSources) -> tuple[SettingVotes, ...]:
    """Return what is voted for in the lobby: of each setting the most votes first."""
    found: list[SettingVotes] = []
    here = sources.roster.here_ns
    for name, votes in setting_votes(sources.room, sources.facts, here).items():
        values = [value_of_vote(name, vote) for vote in votes]
        first = [vote for k, vote in enumerate(votes) if values.index(values[k]) == k]
        each = [
            SettingVotes(
                name,
                choice_of(vote).race,
                tuple(
                    sources.roster.name_of(other.dot.node)
                    for other in votes
                    if value_of_vote(name, other) == value_of_vote(name, vote)
                ),
            )
            for vote in first
        ]
        found.extend(sorted(each, key=lambda one: -len(one.voters)))
    return tuple(found)


def _chat_views(sources: ViewSources) -> tuple[ChatView, ...]:
    facts, room, name_of = sources.facts, sources.room, sources.roster.name_of
    ordered = [dot for dot in room.chat if dot in facts.lines]
    pending = [dot for dot in facts.chat.pending(room) if dot.node not in room.removed]
    shown: list[ChatView] = []
    placed = [(index, dot) for index, dot in enumerate(ordered)]
    for index, dot in [*placed, *((None, dot) for dot in pending)][-CHAT_SHOWN:]:
        node, text = dot.node, facts.lines[dot].text
        key = f"{node.hex()}.{dot.incarnation}.{dot.n}"
        shown.append(ChatView(index, key, node, name_of(node), text, node == sources.me))
    return tuple(shown)


def _result_views(sources: ViewSources, race: Race, race_ns: int) -> tuple[ResultView, ...]:
    if race.results is not None:
        rows = race.results.rows
    else:
        if sources.room.phase(race_ns) is not Phase.RACING:
            return ()
        table = standings(race, sources.facts, sources.local_race)
        if not any(row.ms is not None or row.out_lap is not None for row in table):
            return ()
        rows = tuple(
            ResultRow(race.cars[row.car], row.car, row.laps, row.ms, row.best_ms, row.out_lap)
            for row in table
        )
    return tuple(
        ResultView(
            place=place,
            node=row.node,
            name=sources.roster.name_of(row.node),
            number=row.number,
            laps=row.laps,
            ms=row.ms,
            best_ms=row.best_ms,
            mine=row.node == sources.me,
            out_lap=row.out_lap,
            lap_ends_ms=_lap_ends_ms(sources, race, row.number),
            away=bool(race.leases.get(row.number)),
        )
        for place, row in enumerate(rows, start=1)
    )


def _lap_ends_ms(sources: ViewSources, race: Race, number: int) -> tuple[int, ...]:
    """Return when a car ended its laps, once the race is over."""
    if race.results is None or number not in race.cars:
        return ()
    laps = sources.facts.cars.counted_laps(race, number, _length_m(sources.local_race))
    return tuple(lap.race_ms for lap in laps)
