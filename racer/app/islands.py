"""Two rooms of one name that do not hear each other, in words for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net import address_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from net import Address
    from net.discovery.sightings import RaceNearby

HOSTS_SHOWN: Final = 3
ORDINALS: Final = ("", "", "second ", "third ")


def island_words(race: RaceNearby) -> str:
    """Return who is in an island and whom they do not hear; empty where a room is one."""
    if not race.mark:
        return ""
    hosts = {host for host, _ in race.addresses}
    shared = any(host in hosts for host, _ in race.unheard)
    who, others = (_listed_hosts(of, ports=shared) for of in (race.addresses, race.unheard))
    apart = f"{who}; they do not hear {others}"
    if race.nth == 1:
        return apart
    ordinal = ORDINALS[race.nth] if race.nth < len(ORDINALS) else "further "
    return f"a {ordinal}room of that name: {apart}"


def _listed_hosts(addresses: Sequence[Address], *, ports: bool) -> str:
    """Return where some nodes are: hosts, or with their ports where one host has both."""
    told = (address_text(at) if ports else at[0] for at in addresses)
    hosts = list(dict.fromkeys(told)) or ["somebody"]
    shown = ", ".join(hosts[:HOSTS_SHOWN])
    return shown if len(hosts) <= HOSTS_SHOWN else f"{shown} and {len(hosts) - HOSTS_SHOWN} more"
