"""Mutants of how what is told to programs comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from net.sim.mutants import Edit, Mutant
from racer.app import terminal
from racer.app.commands.bot_beside import BotBeside

TELLING: Final[Mapping[str, Mutant]] = {
    "lines-in-parts": Mutant(
        "where Python buffers nothing a line and its end are written apart",
        edits=(
            Edit(
                terminal._by_lines,
                'not isinstance(getattr(stream, "buffer", None), io.RawIOBase)',
                "True",
            ),
        ),
    ),
    "complaint-in-parts": Mutant(
        "words for a person and their end are written apart",
        edits=(
            Edit(
                terminal.print_line,
                'print(f"{text}\\n", end="", file=stream, flush=True)',
                "print(text, file=stream, flush=True)",
            ),
        ),
    ),
    "bots-share-a-pipe": Mutant(
        "bots of one command print to one pipe, each for itself",
        edits=(
            Edit(
                BotBeside.__init__,
                "if sys.stdout is None else subprocess.PIPE",
                "if sys.stdout is None else sys.stdout.fileno()",
            ),
        ),
    ),
    "torn-line": Mutant(
        "the line in whose midst a bot was killed is passed on",
        edits=(Edit(BotBeside._pass_on, 'if line.endswith(b"\\n"):', "if True:"),),
    ),
}
