"""What who coordinates may leave out, while it decrees all else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from net import Order
from racer.play.room.messages import Grant, Grid, Lease, decode_ruling
from tests.lies.liars_in_races import Omission

if TYPE_CHECKING:
    from net import NodeId, Rule
    from tests.lies.liars_in_races import Liar


def _is_ruling(what: Rule | Order, kind: type[Grid | Grant | Lease]) -> bool:
    return not isinstance(what, Order) and isinstance(decode_ruling(what.body), kind)


def _never_starts(_liar: Liar, what: Rule | Order, _me: NodeId) -> bool:
    return _is_ruling(what, Grid)


def _grants_nothing(_liar: Liar, what: Rule | Order, _me: NodeId) -> bool:
    return _is_ruling(what, Grant)


def _grants_nothing_to_one(liar: Liar, what: Rule | Order, me: NodeId) -> bool:
    ruling = None if isinstance(what, Order) else decode_ruling(what.body)
    if not isinstance(ruling, Grant) or ruling.node == me:
        return False
    liar.victim = liar.victim or ruling.node
    return ruling.node == liar.victim


def _leaves_cars(_liar: Liar, what: Rule | Order, _me: NodeId) -> bool:
    return _is_ruling(what, Lease)


def _silences_one(liar: Liar, what: Rule | Order, me: NodeId) -> bool:
    if not isinstance(what, Order) or what.dot.node == me:
        return False
    liar.victim = liar.victim or what.dot.node
    return what.dot.node == liar.victim


OMISSIONS: Final[dict[str, Omission]] = {
    "never starts": Omission(_never_starts),
    "grants nothing": Omission(_grants_nothing),
    "grants nothing to one": Omission(_grants_nothing_to_one),
    "leaves cars without drivers": Omission(_leaves_cars),
    "silences one": Omission(_silences_one),
}
