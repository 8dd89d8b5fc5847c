"""The real bot, that says a numbered line every so often while it races: for the tests on a LAN.

Usage: chatting_bot.py PROFILE PLAYERS LAPS. Prints `said` lines beside the bot's own.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import ClassVar, Final

from net import Report
from racer.app.commands.bot import BotOptions, _Bot
from racer.app.options import Shared, open_profile
from racer.play.view import Phase, Say

PERIOD_S: Final = 1.25  # within the bound on floods of chat, though the race clock is slewed


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that this process was asked to say."""

    event: ClassVar[str] = "said"
    text: str


def main() -> int:
    """Race, talking."""
    directory, players, laps = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    options = BotOptions(
        shared=Shared(
            name=directory.name.capitalize(),
            profile=directory,
            log=directory.with_suffix(".jsonl"),
        ),
        race="Chaos",
        track="dockyard",
        form="race",
        grid="turn",
        laps=laps,
        players=players,
        band=False,
        car=0,
        skill=0.7,
        count=1,
        say=(),
        stats=False,
        stay=False,
    )
    profile = open_profile(directory, "bot")
    bot = _Bot(options, profile)
    signal.signal(signal.SIGTERM, lambda number, frame: bot.leave())
    threading.Thread(target=talk, args=(bot, profile.incarnation), daemon=True).start()
    try:
        return bot.run()
    finally:
        profile.close()


def talk(bot: _Bot, life: int) -> None:
    """Say a line again and again, from the first race to its end."""
    for number in count(1):
        time.sleep(PERIOD_S)
        if bot._session.placard["phase"] != Phase.RACING:
            continue
        text = f"line {number} of life {life} of {bot._session._player.name}"
        bot._service.post(Report(Spoken(text)))  # printed by the thread that prints all else
        bot._session.intend(Say(text))


if __name__ == "__main__":
    sys.exit(main())
