"""The settings over title or race: choices, and behind them the keys. What is set holds at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, final

import pygame

from racer.app.window.controls.consent import Consent
from racer.app.window.controls.control import Back, Chosen, Picked, Scrolled, Slid
from racer.app.window.controls.prompt import Prompt, Question
from racer.app.window.input.actions import Action, Scope
from racer.app.window.input.bindings import changes, default_bindings
from racer.app.window.input.text_field import NAME_CHARS_MAX, Entered
from racer.app.window.input.two_drivers import SECOND_KEYS, second_bindings
from racer.app.window.scene import LeavePage
from racer.app.window.scenes.settings.keys_panel import KeysPanel, table_faults
from racer.app.window.scenes.settings.settings_panel import SettingsPanel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Outcome
    from racer.app.window.input.bindings import Bindings
    from racer.app.window.input.devices import Devices
    from racer.app.window.input.text_field import Cancelled
    from racer.app.window.ports import RaceDirectory
    from racer.app.window.scene import Ask, Frame


@final
class SettingsPages:
    """Changes the settings of a directory until a person has done with it.

    Args:
        devices: of this machine: what is bound anew is theirs.
        hands: returns whose input the page is for at this moment; None: that of `devices`.
    """

    covers: Final = False

    def __init__(
        self,
        directory: RaceDirectory,
        devices: Devices,
        hands: Callable[[], Devices] | None = None,
    ) -> None:
        self._directory = directory
        self._devices = devices
        self._hands = hands or (lambda: devices)
        self._panel = SettingsPanel(directory.networks())
        self._keys: KeysPanel | None = None
        self._prompt: Prompt | None = None  # for a name
        self._consent: Consent[str] | None = None  # to what is gone then: the id of its plate

    @property
    def front(self) -> object:
        return self._prompt, self._keys, self._panel.tab, self._consent

    def on_event(self, event: pygame.Event) -> Ask | None:
        """Take in an event of the window."""
        if self._keys is not None and self._keys.is_listening:
            self._keep_bindings(self._keys.on_event(event, self._shown_bindings))
            return None
        if self._keys is not None and self._consent is None and _is_delete(event):
            self._keep_bindings(self._keys.unbind(self._keys.focus.at, self._shown_bindings))
            return None
        if self._prompt is not None and self._prompt.takes(event):
            self._on_name(self._prompt.on_event(event))
            return None
        # Over a race hands are not at the wheel.
        scope = Scope.MENU if self._prompt is None else Scope.LETTERS
        for what in self._hands().on_event(event, scope, writing=True):
            if self._prompt is not None:
                self._on_name(self._prompt.on_input(what))
            elif self._consent is not None:
                self._on_consent(self._consent, self._consent.on_input(what))
            elif self._keys is not None:
                self._on_keys(self._keys, self._keys.focus.on_input(what))
            else:
                ask = self._on_settings(self._panel.focus.on_input(what))
                if ask is not None:
                    return ask
        return None

    def wants_key(self, event: pygame.Event) -> bool:
        """Whether a key is for a line that is typed, or to be bound, whatever it is for else."""
        if self._keys is not None and self._keys.is_listening:
            return True
        return self._prompt is not None and self._prompt.writes(event)

    def draw(self, canvas: Canvas, frame: Frame) -> None:
        """Draw the page that is open."""
        if self._keys is not None:
            self._keys.wait(frame.dt)
            self._keys.draw(canvas, self._hands(), self._shown_bindings, self._key_faults)
        else:
            self._panel.draw(canvas, self._directory.settings)
        if self._prompt is not None:
            self._prompt.draw(canvas, frame.dt, self._hands())
        if self._consent is not None:
            self._consent.draw(canvas)

    def _on_settings(self, outcome: Outcome | None) -> Ask | None:
        settings = self._directory.settings
        match outcome:
            case Back() | Chosen("back"):
                return LeavePage()
            case Chosen("keys"):
                self._keys = KeysPanel("pad" if self._hands().by_pad else "key")
            case Chosen("forget"):
                self._consent = Consent("forget", "Forget this passphrase?", "Forget", "Keep")
            case Chosen(chosen) if chosen.startswith("tab "):
                self._panel.tab = chosen.removeprefix("tab ")
            case Chosen("name"):
                question = Question("name", "Your name", NAME_CHARS_MAX)
                self._prompt = Prompt(question, settings.name, letters=self._hands().by_pad)
            case Picked() as picked:
                self._directory.settings = self._panel.on_picked(picked, settings)
            case Slid() as slid:
                self._directory.settings = self._panel.on_slid(slid, settings)
            case _:
                pass
        return None

    def _on_keys(self, keys: KeysPanel, outcome: Outcome | None) -> None:
        match outcome:
            case Back() | Chosen("done"):
                self._keys = None
            case Chosen("usual"):
                words, note = "All keys and buttons as usual?", "What you bound anew is gone then."
                self._consent = Consent("usual", words, "As usual", "Keep mine", note)
            case Chosen(chosen):
                self._keep_bindings(keys.choose(chosen, self._shown_bindings))
            case Scrolled(steps):
                keys.scroll(steps)
            case _:
                pass

    def _on_consent(self, consent: Consent[str], wanted: bool | None) -> None:
        if wanted is None:
            return
        self._consent = None
        settings = self._directory.settings
        if wanted and consent.wish == "forget":
            self._directory.settings = self._panel.on_forget(settings)
        elif wanted:
            self._directory.settings = replace(settings, keys=(), buttons=(), second_keys=())

    def _on_name(self, answer: Entered | Cancelled | None) -> None:
        if answer is None:
            return
        self._prompt = None
        if isinstance(answer, Entered) and answer.text:
            self._directory.settings = replace(self._directory.settings, name=answer.text)

    def _keep_bindings(self, bound: Bindings | None) -> None:
        if bound is None:
            return
        settings = self._directory.settings
        usual = default_bindings(self._devices.names)
        if self._is_second:
            anew, _ = changes(second_bindings(usual), replace(bound, buttons=usual.buttons))
            anew = tuple((name, keys) for name, keys in anew if Action(name) in SECOND_KEYS)
            self._directory.settings = replace(settings, second_keys=anew)
            return
        keys, buttons = changes(usual, bound)
        self._directory.settings = replace(settings, keys=keys, buttons=buttons)

    @property
    def _key_faults(self) -> Mapping[str, str]:
        """What is wrong with keys or buttons, by table."""
        bound = self._devices.bindings
        beside = second_bindings(bound, self._directory.settings.second_keys)
        return table_faults(bound, beside)

    @property
    def _is_second(self) -> bool:
        return self._keys is not None and self._keys.table == "second"

    @property
    def _shown_bindings(self) -> Bindings:
        """What is bound in the table that is open."""
        bound = self._devices.bindings
        second = self._directory.settings.second_keys
        return second_bindings(bound, second) if self._is_second else bound


def _is_delete(event: pygame.Event) -> bool:
    return event.type == pygame.KEYDOWN and event.scancode == pygame.KSCAN_DELETE
