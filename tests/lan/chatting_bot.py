"""The real bot, that says a numbered line every so often while it races: for the tests on a LAN.

Usage: chatting_bot.py PROFILE PLAYERS LAPS [stay]. Prints `said` lines beside the bot's own. With
`stay` it races again and again, and talks all the time.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

from net import Leave
from net.runtime.service_options import Trouble
from racer.app.circuits.digests import circuit_ids
from racer.app.greeting import greet
from racer.app.options import Shared, open_profile
from racer.app.output import Output
from racer.app.race_node import RaceNode, RecordKeeping, Told
from racer.app.record_store import RecordStore
from racer.core.rules.race_setup import RaceSetup
from racer.play.reports import ResultsSeen
from racer.play.room.messages import Setup
from racer.play.session import Player, Session
from racer.play.view import Phase, Say
from tests.waiting import every

PERIOD_S: Final = 1.25  # within the bound on floods of chat, though the race clock is slewed
TRACK: Final = "dockyard"


class Voice:
    """Prints what the bot tells and what it was asked to say, a line at a time."""

    def __init__(self, log: Path) -> None:
        self.official = False
        self._output = Output(sys.stdout, log)
        self._lock = threading.Lock()  # two threads print

    def tell(self, what: Told) -> None:
        with self._lock:
            if isinstance(what, Trouble):
                self._output.trouble(what)
                return
            self._output.report(what)
            if isinstance(what, ResultsSeen):
                self.official = self.official or what.official

    def said(self, text: str) -> None:
        with self._lock:
            print(json.dumps({"t": time.time(), "event": "said", "text": text}), flush=True)


def main() -> int:
    """Race, talking."""
    directory, players, laps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    stays = sys.argv[4:] == ["stay"]
    setup = Setup(RaceSetup(TRACK, laps, circuit_ids()[TRACK]), players)
    name = directory.name.capitalize()
    player = Player(race="Chaos", name=name, bot=True, setup=setup, stays=stays)
    profile = open_profile(directory, "bot")
    store = RecordStore(directory)
    voice = Voice(directory.with_suffix(".jsonl"))
    keeping = RecordKeeping(store, enters=False)
    node = RaceNode(profile, player, keeping, voice.tell)
    service = node.open(greet(profile, player.race, Shared(name=player.name)))
    signal.signal(signal.SIGTERM, lambda number, frame: service.post(Leave()))
    words = f"life {profile.incarnation} of {name}"
    talking = threading.Thread(target=talk, args=(node.session, voice, words, stays), daemon=True)
    talking.start()
    try:
        service.run()
    finally:
        store.close()
        profile.close()
    return 0 if voice.official else 1


def talk(session: Session, voice: Voice, name: str, always: bool) -> None:
    """Say a line again and again: always, or in races."""
    for number in every(PERIOD_S):
        if not always and session.placard["phase"] != Phase.RACING:
            continue
        text = f"line {number} of {name}"
        voice.said(text)
        session.intend(Say(text))


if __name__ == "__main__":
    sys.exit(main())
