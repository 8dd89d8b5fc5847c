"""Starts a bot as the window does, in a locked race; it stays until our input ends.

`python -m tests.runtime.bot_beside RACE PORT PASSPHRASE`, or on another system by `other_systems`.
Returns what the bot does: 0, if it saw official results.
"""

from __future__ import annotations

import subprocess
import sys

from racer.app.leaving import dismiss
from racer.app.options import start_racer
from racer.app.player.player_node import bot_words


def main() -> int:
    """Start it, and have it leave when our input ends."""
    race, port, passphrase = sys.argv[1:]
    words = bot_words(race, 0, int(port), "127.0.0.1")
    unheard = subprocess.DEVNULL
    bot = start_racer(words, passphrase, output=unheard, complaints=unheard)
    sys.stdin.read()
    dismiss(bot)
    return bot.wait()


if __name__ == "__main__":
    sys.exit(main())
