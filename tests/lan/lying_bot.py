"""The real `racer`, that spoils a byte of each piece of content that it gives: for tests on a LAN.

Takes the arguments of `racer`. Prints a `lied` line for each spoilt piece beside the bot's own.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING

from net.cluster.actions import Send
from net.cluster.content import Contents
from net.wire.messages import Piece
from racer.app.commands.cli import main

if TYPE_CHECKING:
    from net.cluster.content import ContentOutcome
    from net.ids import NodeId

honest = Contents.on_message


def lying(self: Contents, sender: NodeId, message: object, now_ns: int) -> list[ContentOutcome]:
    """Do as the honest do, but for what is given away."""
    outcomes: list[ContentOutcome] = []
    for outcome in honest(self, sender, message, now_ns):  # type: ignore[arg-type]
        match outcome:
            case Send(to=to, message=Piece(digest=digest, number=number, data=data)):
                spoilt = bytes([data[0] ^ 1]) + data[1:]
                outcomes.append(Send(to, Piece(digest, number, spoilt)))
                line = {"t": time.time(), "event": "lied", "piece": number}
                sys.stdout.write(json.dumps(line) + "\n")
                sys.stdout.flush()
            case _:
                outcomes.append(outcome)
    return outcomes


if __name__ == "__main__":
    Contents.on_message = lying  # type: ignore[method-assign]
    sys.exit(main())
