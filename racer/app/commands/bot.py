"""`racer bot`: autonomous drivers without a window."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from net import NAME_CHARS_MAX
from net.runtime.disk.profile import Profile
from racer.app.commands.bot_beside import BotBeside
from racer.app.greeting import greet
from racer.app.leaving import leave_at_end_of_input, leave_on_signals
from racer.app.options import numbered, numbered_folder, open_profile
from racer.app.terminal import complain

if TYPE_CHECKING:
    from pathlib import Path

    from racer.app.commands.bot_options import BotOptions


def run_bots(options: BotOptions, number: int) -> int:
    """Run the `number`-th bot here, and if it is the first, the others as processes of their own.

    Returns:
        0 when all saw official results, INTERNAL_FAULT where a node found its own state broken.

    The others leave when this process ends, however it ends: they hold a pipe whose other end is
    ours.

    Raises:
        NetError: the profile, the port, the interface or an output cannot be used.
    """
    options = _options_for_bot(options, number)
    new = options.shared.new_identity
    profile = open_profile(options.shared.profile, "bot", new_identity=new)
    others: list[BotBeside] = []
    codes: list[int] = []
    try:
        code, is_twin = _race(options, profile, number, others)
        if is_twin:
            profile.close()
            aside = Profile.renew_identity(profile.directory)
            complain(f"races on as a new driver; the identity before is in {aside}")
            profile = Profile.open(profile.directory)
            code, _ = _race(replace(options, count=1), profile, number, others)
        codes.append(code)
    finally:
        profile.close()
        for other in others:
            other.dismiss()
        codes.extend(other.wait() for other in others)
    return max(1 if code < 0 else code for code in codes)  # below 0: ended by a signal


def _race(
    options: BotOptions, profile: Profile, number: int, others: list[BotBeside]
) -> tuple[int, bool]:
    """Race once, with these others beside us, which are started when we have said our first word.

    Returns:
        The code to end with; and whether another machine was here with our identity before us.
    """
    with closing(greet(profile, options.race, options.shared, options.entry)) as endpoint:
        # What takes long to load comes behind the first word.
        from racer.app.commands.racing_bot import RacingBot

        bot = RacingBot(options, profile, endpoint)
        leave_on_signals(bot.leave)
        if options.stay or number > 1:
            leave_at_end_of_input(bot.leave)
        secret = options.shared.passphrase
        others.extend(_spawn_bot(each, secret) for each in range(2, options.count + 1))
        return bot.run(), bot.is_twin


def _options_for_bot(options: BotOptions, number: int) -> BotOptions:
    """Return the options of the n-th bot of a command: its own name, profile, port and log."""
    if number == 1:
        return options
    shared = options.shared
    profile = shared.profile
    mine = replace(
        shared,
        name=f"{shared.name[: NAME_CHARS_MAX - 3]} {number}",
        profile=None if profile is None else numbered_folder(profile, number),
        port=0 if shared.port == 0 else shared.port + number - 1,
        log=_numbered_log(shared.log, number),
    )
    return replace(options, shared=mine, count=1, is_first=False)


def _numbered_log(log: Path | None, number: int) -> Path | None:
    """Return the log of the n-th bot, `race-2.log` beside `race.log`: a log is of one node."""
    if log is None or (log.exists() and not log.is_file()):
        return log  # a device takes what all say
    return numbered(log, number)


def _spawn_bot(number: int, passphrase: str | None) -> BotBeside:
    """Start the same command for one bot more. It leaves when our end of its input closes.

    What was a file to us may be one no more: a pipe is empty once it was read.
    """
    return BotBeside([*sys.argv[1:], "--count", "1", "--number", str(number)], passphrase)
