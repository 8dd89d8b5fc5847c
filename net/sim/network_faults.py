"""Faults of the network as a whole: links, and the access point."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, assert_never

from net.sim.faults import (
    AccessPointRestart,
    Clog,
    Cut,
    Isolation,
    NetworkFault,
    Sever,
    links_of,
)

if TYPE_CHECKING:
    from net.sim.network import Network

At: TypeAlias = Callable[[int, Callable[[], None]], None]


def befall(network: Network, fault: NetworkFault, machines: int, at: At, now_ns: int) -> None:
    """Let a fault happen to a network of so many machines; `at` does something at a time."""
    match fault:
        case Cut() | Sever():
            links = links_of(fault, machines)
            network.cut(links)
            at(now_ns + fault.for_ns, lambda: network.heal(links))
        case Clog(links=clogged):
            for link, later_ns, for_ns in clogged:
                begins_ns = now_ns + later_ns
                at(begins_ns, partial(network.clog, link, begins_ns + for_ns))
        case AccessPointRestart(back_ns=back_ns):
            network.restart_access_point(machines)
            for machine, after_ns in enumerate(back_ns):
                at(now_ns + after_ns, partial(network.associate, machine))
        case Isolation():
            network.isolate(1)
            at(now_ns + fault.for_ns, lambda: network.isolate(-1))
        case _:
            assert_never(fault)
