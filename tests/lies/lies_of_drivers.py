"""Lies in a race about one's own car."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from net import Command, Publish, Submit
from racer.app.simulation.bullring_track import bullring
from racer.core.physics.contact import Hit
from racer.core.recordings.car_codec import pack_car, unpack_car
from racer.core.tuning import SPEED_MAX
from racer.play.room.messages import Claim, LapTime, Lie, Witnessed, encode
from tests.lies.liars_in_races import LAPS, TAG_BYTES, Foretold, is_lap, moved_state, published

if TYPE_CHECKING:
    from net import NodeView
    from racer.play.room.room import Race
    from tests.lies.liars_in_races import Liar, Lying

FLOOD: Final = 260  # facts at once: half of what a node may write
FASTEST_MS: Final = 9_500  # in which the fastest car could drive a lap, and no bot does
HALF_MS: Final = 6_500  # in which a bot drives half of one


def future_laps(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Tell of all laps at once, of minutes that are yet to come."""
    liar.count += 1
    if liar.count > 1:
        return commands
    laps = [LapTime(race.id, n, now_ms + 9000 * n, 9000) for n in range(1, LAPS + 1)]
    return [*commands, *(Submit(encode(lap)) for lap in laps)]


def laps_without_a_car(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Show no car, and tell of a lap as soon as the fastest could have driven one."""
    unseen: list[Command] = [each for each in commands if not isinstance(each, Publish)]
    return _with_lap_of(FASTEST_MS, liar, race, unseen, now_ms)


def shortened_laps(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Drive, and tell of a lap at half of it."""
    return _with_lap_of(HALF_MS, liar, race, commands, now_ms)


def _with_lap_of(
    lap_ms: int, liar: Liar, race: Race, commands: list[Command], now_ms: int
) -> list[Command]:
    """Return commands with one lap for all that are told, after so long."""
    told = [each for each in commands if not is_lap(each)]
    if now_ms < lap_ms or liar.count:
        return told
    liar.count = 1
    return [*told, Submit(encode(LapTime(race.id, 1, now_ms, now_ms)))]


def distant_claims(
    liar: Liar, race: Race, commands: list[Command], _node: NodeView, now_ms: int
) -> list[Command]:
    """Claim every canister again and again."""
    liar.count += 1
    if liar.count % 20:
        return commands
    pickups = range(len(bullring()[0].pickups))
    claims = [Claim(race.id, p, race.generation(p), now_ms) for p in pickups]
    return [*commands, *(Submit(encode(claim)) for claim in claims)]


def lap_before_a_flood(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Tell of a lap at once, and of more behind it than anybody looks at."""
    if liar.count:
        return commands
    liar.count = 1
    at_ms = round(1000 * bullring()[0].length_m / SPEED_MAX) + 50
    other = next(owner for owner in race.cars.values() if owner != node.me)
    lap = LapTime(race.id, 1, at_ms, at_ms)
    flood = [Claim(race.id, 0, n, 100, other, 1) for n in range(FLOOD)]
    told = [encode(lap), *(encode(claim) for claim in flood)]
    return [*commands, *map(Submit, told)]


laps_before_the_lights = Foretold(
    lambda race: [LapTime(race, lap, FASTEST_MS * lap, FASTEST_MS) for lap in range(1, LAPS + 1)]
)
"""Tell in the lobby of all laps, each as the fastest could drive it."""

canisters_before_the_lights = Foretold(
    lambda race: [Claim(race, pickup, 0, 1000) for pickup in range(len(bullring()[0].pickups))]
)
"""Claim all canisters in the lobby."""


def teleports(
    liar: Liar, _race: Race, commands: list[Command], _node: NodeView, _now_ms: int
) -> list[Command]:
    """Show the car here and there in turn, each half a second."""
    liar.count += 1
    if liar.count // 30 % 2 == 0:
        return commands
    return [moved_state(each, 45.0) if isinstance(each, Publish) else each for each in commands]


def hits_that_were_none(
    _liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Tell every other car in turn of a hit that it was given."""
    ours = race.number_of(node.me) or 0
    return [_hitting(each, race, ours) if isinstance(each, Publish) else each for each in commands]


def false_witness(
    liar: Liar, race: Race, commands: list[Command], node: NodeView, _now_ms: int
) -> list[Command]:
    """Say of everybody else, each second, that it lies."""
    liar.count += 1
    if liar.count % 60:
        return commands
    others = [owner for owner in race.cars.values() if owner != node.me]
    told = [Witnessed(race.id, owner, Lie.LAP) for owner in others]
    return [*commands, *(Submit(encode(each)) for each in told)]


def _hitting(state: Publish, race: Race, ours: int) -> Publish:
    frame = unpack_car(state.payload[TAG_BYTES:])
    others = [number for number in race.cars if number != ours]
    hit = Hit(others[frame.tick // 20 % len(others)], frame.tick, 8.0, 0.0, 0.5)
    return published(state, state.payload[:TAG_BYTES] + pack_car(replace(frame, hit=hit)))


DRIVERS: Final[dict[str, Lying]] = {
    "future laps": future_laps,
    "laps without a car": laps_without_a_car,
    "shortened laps": shortened_laps,
    "distant claims": distant_claims,
    "lap before a flood": lap_before_a_flood,
    "laps before the lights": laps_before_the_lights,
    "canisters before the lights": canisters_before_the_lights,
    "teleports": teleports,
    "hits that were none": hits_that_were_none,
}

UNPROVED: Final[dict[str, Lying]] = {"false witness": false_witness}
"""Lies that nobody can see through, and that do nothing: their authors stay."""
