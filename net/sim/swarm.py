"""What a seed draws: conditions and faults (swarm testing: each mixes others; Groce 2012)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from net.limits import MILLISECOND, RESUME_S, REVIVE_WAIT_NS, SECOND
from net.sim.air.airtime import BEACON_NS, Air
from net.sim.faults import (
    COORDINATOR,
    AccessPointRestart,
    Blackout,
    Clog,
    Crash,
    Cut,
    Fault,
    FullDisk,
    Isolation,
    Leap,
    Pause,
    Script,
    Sever,
    Slow,
    SlowDisk,
)
from net.sim.network import BUFFER_DATAGRAMS, Burst, Conditions, Link

if TYPE_CHECKING:
    from random import Random

KINDS: Final = (
    "crash",
    "relapse",
    "blackout",
    "blackout",
    "pause",
    "slow",
    "cut",
    "bridge",
    "clog",
    "leap",
    "full disk",
    "slow disk",
)
AIMED_SHARE: Final = 0.4  # of the faults of one machine hit whoever coordinates
AIR_SHARE: Final = 0.04  # of seeds: one costs two to three times another
ALONE_NS: Final = REVIVE_WAIT_NS + 2 * SECOND  # who is up first waits for nobody for so long
WRONG_S_MAX: Final = RESUME_S // 2 - 60  # a clock; from one to the next they age no history
_LONG_PAUSE_SHARE: Final = 0.15


def draw_script(
    rng: Random,
    machines: int,
    from_ns: int,
    to_ns: int,
    loss_max: float,
    count_max: int,
    kinds: tuple[str, ...] = KINDS,
) -> Script:
    """Return conditions and faults for a room, all of which begin between two times."""
    conditions = draw_conditions(rng, loss_max)
    chosen = rng.sample(kinds, rng.randint(1, min(4, len(kinds))))
    faults: list[tuple[int, Fault]] = []
    for _ in range(rng.randint(0, count_max)):
        at = rng.randrange(from_ns, to_ns)
        drawn = _draw_faults(rng, machines, rng.choice(chosen), to_ns - at)
        faults.extend((at + later, fault) for later, fault in drawn if at + later < to_ns)
    faults = faults[:count_max]
    return Script(conditions, tuple(sorted(faults, key=lambda entry: entry[0])))


def draw_conditions(rng: Random, loss_max: float) -> Conditions:
    """Return how bad all links are; each kind of badness is missing from many LANs."""
    return Conditions(
        loss=rng.choice((0.0, rng.uniform(0.0, loss_max), loss_max)),
        duplicate=rng.choice((0.0, 0.05, 0.5)),
        late=rng.choice((0.0, 0.02, 0.1)),
        late_ns=rng.choice((60, 150, 300)) * MILLISECOND,
        jitter_ns=rng.choice((MILLISECOND // 2, 3 * MILLISECOND, 15 * MILLISECOND)),
        corrupt=rng.choice((0.0, 0.0, 0.02)),
        burst=_draw_burst(rng, loss_max) if loss_max > 0 and rng.random() < 0.4 else None,
        buffer=rng.choice((BUFFER_DATAGRAMS, BUFFER_DATAGRAMS, 30)),
    )


def over_air(
    script: Script, rng: Random, machines: int, from_ns: int, to_ns: int, *, forced: bool = False
) -> Script:
    """Return the same script for machines that hang on one access point; or as it is, mostly.

    What it draws comes from `rng` alone, which nothing else draws from: a seed without air stays
    what it was.

    Args:
        forced: each seed has such air, not only AIR_SHARE of them.
    """
    if rng.random() >= AIR_SHARE and not forced:
        return script
    air = _draw_air(rng, machines)
    faults = [*script.faults]
    if rng.random() < 0.4:
        at_ns = rng.randrange(from_ns, to_ns)
        out_ns = rng.randrange(SECOND // 2, 6 * SECOND)
        back = tuple(out_ns + rng.randrange(2 * SECOND) for _ in range(machines))
        faults.append((at_ns, AccessPointRestart(back)))
    if rng.random() < 0.4:
        at_ns = rng.randrange(from_ns, to_ns)
        faults.append((at_ns, Isolation(rng.randrange(SECOND // 5, 6 * SECOND))))
    faults.sort(key=lambda entry: entry[0])
    return Script(replace(script.conditions, air=air), tuple(faults))


def with_wrong_clocks(script: Script, rng: Random, machines: int, far_share: float = 0.0) -> Script:
    """Return the same script with machines whose clocks are wrong after each blackout, mostly.

    What it draws comes from `rng` alone, as that of `over_air` does.

    Args:
        far_share: of seeds whose clocks tell that it was so long ago that the history is too old;
            in as many machines come back one by one.
    """
    is_far = rng.random() < far_share
    apart_ns = ALONE_NS if rng.random() < far_share else 0  # then each waits alone for the next

    def befall(fault: Fault) -> Fault:
        if not isinstance(fault, Blackout):
            return fault
        least = 2 * RESUME_S if is_far else -WRONG_S_MAX
        ahead = (
            rng.choice((0, rng.randint(least, least + 2 * WRONG_S_MAX))) for _ in range(machines)
        )
        down = (each + apart_ns * k for k, each in enumerate(fault.down_ns))
        return Blackout(tuple(down), tuple(ahead))

    return Script(script.conditions, tuple((at, befall(fault)) for at, fault in script.faults))


def _draw_air(rng: Random, machines: int) -> Air:
    wired = rng.sample(range(machines), rng.choice((0, 0, 1, 2)))
    stations = [machine for machine in range(machines) if machine not in wired]
    dozing = rng.sample(stations, rng.choice((0, 0, 1, len(stations) // 2)))
    return Air(
        data_bits=rng.choice((26, 156, 260)),
        aggregation=rng.choice((1, 8, 32)),
        queue=rng.choice((30, 200, 1000)),
        loss=rng.choice((0.0, 0.01, 0.1)),
        wired=tuple(sorted(wired)),
        dozing=tuple((station, rng.randint(1, 3)) for station in sorted(dozing)),
        awake_ns=rng.choice((0, 100 * MILLISECOND, 2 * BEACON_NS)),
        group_beacons=rng.randint(1, 3),
    )


def _draw_burst(rng: Random, loss_max: float) -> Burst:
    bad_ns = rng.randrange(20 * MILLISECOND, 500 * MILLISECOND)
    good_ns = bad_ns * rng.randint(4, 20)
    return Burst(good_ns, bad_ns, rng.uniform(loss_max, 1.0), rng.random() < 0.5)


def _draw_faults(rng: Random, machines: int, kind: str, room_ns: int) -> list[tuple[int, Fault]]:
    """Return faults of one kind, each with how much later than the first it begins."""
    machine = COORDINATOR if rng.random() < AIMED_SHARE else rng.randrange(machines)
    match kind:
        case "crash":
            return [(0, _draw_crash(rng, machine))]
        case "relapse":  # down again before or after the others have noticed
            first = Crash(machine, rng.randrange(20 * MILLISECOND, 800 * MILLISECOND))
            again_ns = first.down_ns + rng.randrange(10 * MILLISECOND, 600 * MILLISECOND)
            return [(0, first), (again_ns, _draw_crash(rng, machine))]
        case "blackout":
            longest = min(rng.choice((SECOND, 4 * SECOND)), max(room_ns, SECOND))
            down = (rng.randrange(100 * MILLISECOND, longest) for _ in range(machines))
            return [(0, Blackout(tuple(down)))]
        case "pause":
            longest = 30 * SECOND if rng.random() < _LONG_PAUSE_SHARE else 2 * SECOND
            return [(0, Pause(machine, min(rng.randrange(50 * MILLISECOND, longest), room_ns)))]
        case "slow":
            by_ns = rng.randrange(20 * MILLISECOND, 200 * MILLISECOND)
            for_ns = min(rng.randrange(500 * MILLISECOND, 8 * SECOND), room_ns)
            return [(0, Slow(machine, by_ns, for_ns))]
        case "cut":
            return [(0, _draw_cut(rng, machines, machine))]
        case "bridge":
            return [(0, _draw_shape(rng, machines))]
        case "clog":
            return [(0, _draw_clog(rng, machines, rng.randrange(machines)))]
        case "leap":
            return [(0, Leap(machine, rng.randrange(20 * MILLISECOND, 5 * SECOND)))]
        case "full disk":
            return [(0, FullDisk(machine, rng.randrange(SECOND, 10 * SECOND)))]
        case _:
            by_ns = rng.choice((20, 50, 200, 500, 4000)) * MILLISECOND
            return [(0, SlowDisk(machine, by_ns, rng.randrange(SECOND, 10 * SECOND)))]


def _draw_crash(rng: Random, machine: int) -> Crash:
    down_ns = rng.randrange(50 * MILLISECOND, rng.choice((600 * MILLISECOND, 4 * SECOND)))
    after = rng.randrange(4) if rng.random() < 0.4 else None
    return Crash(machine, down_ns, after, journal_lost=rng.random() < 0.15)


def _draw_cut(rng: Random, machines: int, machine: int) -> Cut:
    others = rng.sample(range(machines), rng.randint(0, max(machines // 2, 1) - 1))
    side = tuple(sorted({machine, *others}))
    for_ns = rng.randrange(200 * MILLISECOND, 6 * SECOND)
    return Cut(side, for_ns, one_way=rng.random() < 0.25)


def _draw_shape(rng: Random, machines: int) -> Sever:
    order = rng.sample(range(machines), machines)
    for_ns = rng.randrange(200 * MILLISECOND, 6 * SECOND)
    if machines >= 5 and rng.random() < 0.5:
        return Sever("majorities in a ring " + _machine_list(order), _ring_links(order), for_ns)
    return Sever("bridge over the middle of " + _machine_list(order), _bridge_links(order), for_ns)


def _ring_links(order: list[int]) -> tuple[Link, ...]:
    """Each hears a majority, its neighbours on a ring, and no two the same one (Jepsen)."""
    count = len(order)
    reach = (count // 2 + 1) // 2
    return tuple(
        (order[a], order[b])
        for a in range(count)
        for b in range(count)
        if min((a - b) % count, (b - a) % count) > reach
    )


def _bridge_links(order: list[int]) -> tuple[Link, ...]:
    """Two halves hear each other not at all, and both hear the machine in the middle."""
    middle = len(order) // 2
    left, right = order[:middle], order[middle + 1 :]
    return tuple(link for a in left for b in right for link in ((a, b), (b, a)))


def _draw_clog(rng: Random, machines: int, machine: int) -> Clog:
    others = [other for other in range(machines) if other != machine]
    links = [link for other in others for link in ((machine, other), (other, machine))]
    chosen = rng.sample(links, rng.randint(1, len(links))) if links else []
    span = rng.choice((300 * MILLISECOND, 1500 * MILLISECOND))
    return Clog(
        machine,
        tuple(
            (link, rng.randrange(span), rng.randrange(50 * MILLISECOND, span)) for link in chosen
        ),
    )


def _machine_list(order: list[int]) -> str:
    return ",".join(map(str, order))
