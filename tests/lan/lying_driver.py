"""The real `racer` that lies in each race: `python -m tests.lan.lying_driver LIE …`, for the hand.

LIE is a name in `tests.lies.lies_of_drivers` or `lies_of_coordinators`; the rest are arguments of
`racer`. It prints a `lied` line when it begins to.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from racer.app.commands.cli import main
from racer.play.session import Session
from tests.lies.liars_in_races import Liar
from tests.lies.lies_of_coordinators import COORDINATORS
from tests.lies.lies_of_drivers import DRIVERS

if TYPE_CHECKING:
    from net import Command, NodeView

honest = Session.on_tick
liars: dict[Session, Liar] = {}
printed: list[str] = []


def tell() -> None:
    """Print the time of the first lie."""
    if printed:
        return
    printed.append("lied")
    sys.stdout.write(json.dumps({"t": time.time(), "event": "lied"}) + "\n")
    sys.stdout.flush()


def lying(self: Session, node: NodeView, now_ns: int) -> list[Command]:
    """Do as the honest do, but for the lie."""
    liar = liars.setdefault(self, Liar(self, lie, tell))
    return liar.twist(honest(self, node, now_ns), node, now_ns)


if __name__ == "__main__":
    lie = {**DRIVERS, **COORDINATORS}[sys.argv.pop(1)]
    Session.on_tick = lying  # type: ignore[method-assign]
    sys.exit(main())
