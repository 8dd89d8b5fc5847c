"""Which font helps where letters are boxes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.letters.scripts import PICTURES

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

EASTERN: Final = frozenset({"Hani", "Kana", "Hang", "Bopo"})


def advice(lacking: AbstractSet[str]) -> list[str]:
    """Return a line for each kind of letters that no font here has.

    Args:
        lacking: their scripts, by the codes of ISO 15924.
    """
    lines = []
    if lacking & EASTERN:
        lines.append(_line("Chinese, Japanese and Korean letters", "fonts-noto-cjk"))
    if PICTURES in lacking:
        lines.append(_line("Emoji", "fonts-noto-color-emoji"))
    if lacking - EASTERN - {PICTURES}:
        lines.append(_line("Some letters", "fonts-noto"))
    return lines


def _line(what: str, package: str) -> str:
    return f"{what} are boxes here: the package {package} has a font for them."
