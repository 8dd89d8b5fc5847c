"""What this player says of itself: its entry, its wishes, its lines, as operations."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace
from typing import final

from net import Command, CommandFault, Submit, clean_text
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CHAT_CHARS_MAX
from racer.play.room.chat_allowance import ChatAllowance
from racer.play.room.messages import Choice, Fact, LobbyEntry, Said, decode_fact, encode


@final
class OwnFacts:
    """Makes facts of a player's own. What nobody would read is not said.

    Args:
        car: the kind it enters with: index into `tuning.CARS`.
        greetings: lines to say once it is in the lobby.
    """

    def __init__(self, name: str, bot: bool, car: int, greetings: Iterable[str]) -> None:
        self._name = name
        self._bot = bot
        self._car = car
        self._greetings = deque(greetings)
        self._allowance: ChatAllowance | None = None  # None: nothing is said yet

    def enter(self) -> list[Command]:
        """Say who we are, and in what we drive."""
        return self.submit(LobbyEntry(self._name, self._bot, self._car))

    def choose_car(self, car: int) -> list[Command]:
        self._car = car
        return self.enter()

    def choose(
        self, lobby: bytes, wanted: RaceSetup, known: RaceSetup, about: tuple[str, ...]
    ) -> list[Command]:
        """Vote for a race in a lobby.

        Args:
            about: settings that are voted for; none: all.
            known: what the room races now: its circuit is meant where only its name is wished for.
        """
        content = wanted.content
        if content is None and wanted.track == known.track:
            content = known.content
        return self.submit(Choice(lobby, replace(wanted, content=content), about))

    def say(self, text: str, race_us: int) -> list[Command] | CommandFault:
        """Say a line, or tell why nobody would hear it. A line of nothing is none."""
        line = clean_text(text, 2 * CHAT_CHARS_MAX)
        if len(line) > CHAT_CHARS_MAX:
            return CommandFault.OVERSIZED
        if not line:
            return []
        if self._allowance is None:
            self._allowance = ChatAllowance(race_us)
        if not self._allowance.spend(race_us):
            return CommandFault.TOO_MANY
        return [Submit(encode(Said(line)))]

    @property
    def greeted(self) -> bool:
        """Whether what it was told to say is said."""
        return not self._greetings

    def greet(self, race_us: int) -> list[Command]:
        """Say once what we were told to, at the pace at which it is heard."""
        commands: list[Command] = []
        while self._greetings:
            said = self.say(self._greetings[0], race_us)
            if said is CommandFault.TOO_MANY:
                break
            self._greetings.popleft()
            commands.extend(said if isinstance(said, list) else [])
        return commands

    def submit(self, fact: Fact) -> list[Command]:
        return [Submit(encode(fact))] if decode_fact(encode(fact)) is not None else []
