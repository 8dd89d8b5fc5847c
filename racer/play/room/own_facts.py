"""What this player says of itself: its entry, its wishes, its lines, as operations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import final

from net import Command, Submit, clean_text
from racer.core.rules.race_setup import RaceSetup
from racer.play.limits import CHAT_CHARS_MAX
from racer.play.room.messages import Choice, Fact, LobbyEntry, Said, decode_fact, encode


@final
class OwnFacts:
    """Makes facts of a player's own. What nobody would read is not said.

    Args:
        car: the kind it enters with: index into `tuning.CARS`.
        greetings: lines to say once it is in the lobby.
    """

    def __init__(self, name: str, bot: bool, car: int, greetings: Iterable[str]) -> None:
        self.greeted = False  # what it was told to say is said
        self._name = name
        self._bot = bot
        self._car = car
        self._greetings = tuple(greetings)

    def enter(self) -> list[Command]:
        """Say who we are, and in what we drive."""
        return self.submit(LobbyEntry(self._name, self._bot, self._car))

    def choose_car(self, car: int) -> list[Command]:
        self._car = car
        return self.enter()

    def choose(self, lobby: bytes, wanted: RaceSetup, known: RaceSetup) -> list[Command]:
        """Wish for a race in a lobby.

        Args:
            known: what the room races now: its circuit is meant where only its name is wished for.
        """
        content = wanted.content
        if content is None and wanted.track == known.track:
            content = known.content
        return self.submit(Choice(lobby, replace(wanted, content=content)))

    def say(self, text: str) -> list[Command]:
        line = clean_text(text, CHAT_CHARS_MAX)
        return [Submit(encode(Said(line)))] if line else []

    def greet(self) -> list[Command]:
        """Say once what we were told to."""
        if self.greeted:
            return []
        self.greeted = True
        return [command for text in self._greetings for command in self.say(text)]

    def submit(self, fact: Fact) -> list[Command]:
        return [Submit(encode(fact))] if decode_fact(encode(fact)) is not None else []
