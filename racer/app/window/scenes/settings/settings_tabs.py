"""What may be set, page by page: each setting as a control that shows what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from racer.app.window.base.box import Box
from racer.app.window.controls.control import Button, Field, Selector, Slider
from racer.app.window.ports import CAMERAS, EYES, FRAME_LIMITS, HUD_SIDES, TEXT_SIZES

if TYPE_CHECKING:
    from racer.app.window.ports import Settings

Row: TypeAlias = Field | Selector | Slider | Button

NOWHERE: Final = Box(0.0, 0.0, 0.0, 0.0)
SWITCH: Final = ("off", "on")
TABS: Final = ("driver", "picture", "sound", "network")
ALL: Final = "all of this machine"
NONE_KEPT: Final = "none"
VOLUMES: Final = (
    ("engine", "engines"),
    ("effects", "tyres, ground, blows"),
    ("interface_volume", "lights, best lap, chat"),
)
CHOICES: Final[dict[str, tuple[str | int, ...]]] = {
    "hud": HUD_SIDES,
    "text": TEXT_SIZES,
    "camera": CAMERAS,
    "eyes": EYES,
    "frame_limit": FRAME_LIMITS,
}
"""What is one of several, and may be, by its field of `Settings`."""


def rows_of(
    tab: str, settings: Settings, networks: tuple[tuple[str, str], ...], race: str
) -> list[Row]:
    """Return the controls of a page.

    Args:
        networks: of this machine: interface and address of each.
        race: of those whose passphrase is kept, the one that is looked at.
    """
    match tab:
        case "driver":
            return _driver_rows(settings)
        case "picture":
            return _picture_rows(settings)
        case "sound":
            return _sound_rows(settings)
        case _:
            return _network_rows(settings, networks, race)


def _driver_rows(settings: Settings) -> list[Row]:
    return [
        Field(id="name", box=NOWHERE, label="your name", text=settings.name),
        _make_switch("aid", "racing line on the road", settings.aid),
        _make_switch("brakes", "brakes before corners", settings.brakes),
        _make_switch("steers", "helps you steer", settings.steers),
        _make_switch("autopilot", "drives while you write", settings.autopilot),
    ]


def _picture_rows(settings: Settings) -> list[Row]:
    return [
        _make_choice("hud", "board", HUD_SIDES, settings.hud),
        _make_choice("text", "text", TEXT_SIZES, settings.text),
        _make_choice("camera", "camera", CAMERAS, settings.camera),
        _make_choice("eyes", "car colours", EYES, settings.eyes),
        _make_switch("comma", "decimals", settings.comma, ("1.5", "1,5")),
        _make_switch("miles", "speeds", settings.miles, ("km/h", "mph")),
        _make_switch("full", "full screen", settings.full),
        Selector(
            id="frame_limit",
            box=NOWHERE,
            label="pictures",
            options=tuple(f"{limit} a second at most" for limit in FRAME_LIMITS),
            at=FRAME_LIMITS.index(settings.frame_limit),
        ),
    ]


def _sound_rows(settings: Settings) -> list[Row]:
    return [
        _make_switch("sound", "sound", settings.sound),
        *(
            Slider(
                id=name,
                box=NOWHERE,
                label=label,
                value=getattr(settings, name),
                enabled=settings.sound,
            )
            for name, label in VOLUMES
        ),
    ]


def network_choices(settings: Settings, networks: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return what may be chosen of networks, by address; "" stands for all."""
    found = {"": ALL, **{address: f"{name}  ·  {address}" for name, address in networks}}
    found.setdefault(settings.network, f"{settings.network}, not here now")
    return found


def _network_rows(
    settings: Settings, networks: tuple[tuple[str, str], ...], race: str
) -> list[Row]:
    choices = network_choices(settings, networks)
    kept = tuple(name for name, _ in settings.passphrases) or (NONE_KEPT,)
    return [
        Selector(
            id="network",
            box=NOWHERE,
            label="network",
            options=tuple(choices.values()),
            at=list(choices).index(settings.network),
        ),
        Selector(
            id="passphrases",
            box=NOWHERE,
            label="kept passphrases",
            options=kept,
            at=kept.index(race) if race in kept else 0,
            enabled=bool(settings.passphrases),
        ),
        Button(
            id="forget",
            box=NOWHERE,
            label="Forget this passphrase",
            enabled=bool(settings.passphrases),
        ),
    ]


def _make_switch(name: str, label: str, on: bool, words: tuple[str, str] = SWITCH) -> Selector:
    return Selector(id=name, box=NOWHERE, label=label, options=words, at=int(on))


def _make_choice(name: str, label: str, options: tuple[str, ...], now: str) -> Selector:
    return Selector(id=name, box=NOWHERE, label=label, options=options, at=options.index(now))
