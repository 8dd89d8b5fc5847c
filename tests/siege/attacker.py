"""The attacker's process: `python -m tests.siege.attacker RACE SECONDS HOST:PORT,... NAME=RATE...`.

Records the members' traffic for a while, then sends each kind of attack at its rate. Prints a line
of JSON when it begins, each second, and at the end: what it sent, by kind.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from random import Random
from typing import TYPE_CHECKING, Final

from net.runtime.interfaces import list_interfaces
from tests.siege.attacks import (
    Attack,
    Goodbyes,
    Hellos,
    ProvedHellos,
    Races,
    RandomBytes,
    Replays,
    Spoilt,
    SpoofedHellos,
)
from tests.siege.recording import instances, record
from tests.siege.wire import Wire
from tests.waiting import every

if TYPE_CHECKING:
    from net.ids import Address

RECORD_S: Final = 12.0  # the beacons and adverts of all are among it
RECORDED_MAX: Final = 20_000
BURST_MAX: Final = 100  # of one kind before the next has its turn
TURN_S: Final = 0.001
CARD: Final = "eth0"


def main() -> None:
    """Attack for so long."""
    race, seconds, hosts = sys.argv[1], float(sys.argv[2]), sys.argv[3].split(",")
    rates = {name: float(rate) for name, rate in (word.split("=") for word in sys.argv[4:])}
    victims = [(host, int(port)) for host, port in (each.split(":") for each in hosts)]
    own_host = next(each.address for each in list_interfaces() if each.name == CARD)
    recorded = [each for each in record(CARD, RECORD_S, RECORDED_MAX) if each[1][0] != own_host]
    attacks = _attacks(race, victims, own_host, recorded)
    wire = Wire(own_host)
    _tell("recorded", datagrams=len(recorded), instances=instances(recorded))
    began_s = time.monotonic()
    _attack(wire, [(each, rates[each.name]) for each in attacks if each.name in rates], seconds)
    answered = sum(each.answered_bytes for each in attacks if isinstance(each, ProvedHellos))
    _tell(
        "attacked",
        seconds=round(time.monotonic() - began_s, 1),
        processor_s=round(time.process_time(), 1),
        datagrams=dict(wire.datagrams),
        bytes=dict(wire.bytes),
        refused=wire.refused,
        answered_bytes=answered,
    )


def _attacks(
    race: str,
    victims: Sequence[Address],
    own_host: str,
    recorded: list[tuple[Address, Address, bytes]],
) -> list[Attack]:
    rng = Random(race)
    hellos = Hellos(race, rng)
    unicast = [each for each in recorded if each[1] in victims]
    return [
        SpoofedHellos(hellos, victims, rng),
        ProvedHellos(hellos, victims, own_host),
        Replays(unicast, rng),
        Spoilt(unicast, rng),
        RandomBytes(victims, rng),
        Goodbyes(instances(recorded), victims, rng),
        Races(victims, rng),
    ]


def _attack(wire: Wire, attacks: Sequence[tuple[Attack, float]], seconds: float) -> None:
    began_s = time.monotonic()
    struck = [0] * len(attacks)
    for _ in every(TURN_S):
        past_s = time.monotonic() - began_s
        if past_s >= seconds:
            return
        for number, (attack, rate) in enumerate(attacks):
            due = min(int(rate * past_s) - struck[number], BURST_MAX)
            attack.strike(wire, due)
            struck[number] += due


def _tell(event: str, **what: object) -> None:
    print(json.dumps({"t": time.time(), "event": event, **what}), flush=True)


if __name__ == "__main__":
    main()
