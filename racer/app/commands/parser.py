"""The parser of the command line: clear words where it is asked wrongly, and what was asked at all.

An option that is not given has its default all the same; but which were given is known, too, so
that one without any effect is refused instead of being passed over (`Ineffective`).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, final

from racer.app.terminal import in_one_line

OK: Final = 0
FAILURE: Final = 1
WRONG_USE: Final = 2
INTERRUPTED: Final = 130  # as shells tell of what Ctrl-C ended


@final
@dataclass(frozen=True, slots=True)
class Ineffective:
    """Options that do nothing in some company; whoever gives them is told so.

    Args:
        options: that do nothing …
        when: … while this holds of what was asked …
        company: … which in words is this, as "without --timeline" …
        why: … for this reason, which may say what to do instead.
    """

    options: tuple[str, ...]
    when: Callable[[argparse.Namespace], bool]
    company: str
    why: str


@final
class Parser(argparse.ArgumentParser):
    """Says in one line what was wrong, and refuses what would have no effect.

    Built as any other; then `settle` once, on the whole.
    """

    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self.ineffective: tuple[Ineffective, ...] = ()
        self._fallbacks: dict[str, object] = {}

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_USE, f"{self.prog}: {in_one_line(message)}; see {self.prog} --help\n")

    def print_help(self, file: object = None) -> None:
        """Print it to stdout; argparse would pass over what hinders it."""
        print(self.format_help(), end="", flush=True)

    def settle(self) -> None:
        """Tell defaults in the help, and keep them apart from what will be given."""
        self.set_defaults(parser=self)
        for action in self.options():
            _tell_default(action)
            if action.default is not argparse.SUPPRESS:
                self._fallbacks[action.dest] = action.default
                action.default = argparse.SUPPRESS
        for command in self.commands():
            command.settle()

    def options(self) -> Iterator[argparse.Action]:
        """Yield options and arguments, but for commands, `--help` and `--version`."""
        for action in self._actions:
            is_flag = isinstance(action, argparse._StoreTrueAction)
            if is_flag or not (action.nargs == 0 or isinstance(action, argparse._SubParsersAction)):
                yield action

    def commands(self) -> Iterator[Parser]:
        """Yield the parsers of the commands right below this one."""
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from action.choices.values()

    def parse(self, words: list[str] | None) -> argparse.Namespace:
        """Parse a whole command line; ends the process where it is wrong."""
        parsed = self.parse_args(words)
        command: Parser = parsed.parser
        given = frozenset(vars(parsed)) - {"parser", "run"}
        flags = dict(self._flags())
        for dest in sorted(given - command._fallbacks.keys()):
            command.error(f"{flags[dest]} has no effect on '{command.prog}'")
        for dest, fallback in command._fallbacks.items():
            if dest not in given:
                setattr(parsed, dest, fallback)
        told = {
            flag
            for action in command.options()
            if action.dest in given
            for flag in action.option_strings
        }
        for rule in command.ineffective:
            needless = [flag for flag in rule.options if flag in told]
            if needless and rule.when(parsed):
                what = f"{needless[0]} has no effect {rule.company}"
                command.error(f"{what}: {rule.why}")
        return parsed

    def _flags(self) -> Iterator[tuple[str, str]]:
        """Yield how what is stored under a name was asked for, here and in all commands."""
        for action in self.options():
            yield action.dest, "/".join(action.option_strings) or str(action.metavar)
        for command in self.commands():
            yield from command._flags()


def _tell_default(action: argparse.Action) -> None:
    default = action.default
    if action.help in {None, argparse.SUPPRESS} or "(default: " in str(action.help):
        return
    if default not in (None, False, argparse.SUPPRESS, []):
        told = f"{default.start}:{default.stop}" if isinstance(default, range) else default
        action.help = f"{action.help} (default: {told})"
