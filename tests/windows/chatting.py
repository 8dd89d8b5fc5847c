"""Chat in the scripts of the world: typed, pasted, sent, and shown elsewhere just as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.waiting import until
from tests.windows.stage import OPENS_S, SOON_S, Stage, Window

TYPED: Final = (
    ("in", "tam", "வணக்கம் நண்பர்களே"),
    ("ara", "", "مرحبا بكم في السباق"),
    ("jp", "kana", "レース"),
)
"""A layout, its variant, and words that it has keys for."""

PASTED: Final = (
    "スタートは三秒後です、頑張って！",
    "👩‍👩‍👧‍👦 👍🏽 🏁 🇮🇳",
    "நீங்கள் எப்படி இருக்கிறீர்கள்?",
    "السَّلَامُ عَلَيْكُمْ 12 racer",
    "x\u0302 q\u0323\u0303, \u0915\u094d\u200d\u0937, שָׁלוֹם (race 7)",
)


def chat_in_scripts(stage: Stage) -> None:
    """Tamil, Arabic and kana are typed, and more is pasted; all is shown elsewhere as it was."""
    one, two, three = stage.lan.boxes
    stage.bot(three, "max", "--players", "16")
    log = stage.folder / "max.log"
    wendy = stage.window(one, "wendy", "+Demo")
    lee = stage.window(two, "lee", "+Demo")
    for window in (wendy, lee):
        window.until(OPENS_S, drivers=3, phase="lobby")
    for layout, variant, words in TYPED:
        wendy.layout(layout, variant)
        _begin_line(wendy)
        wendy.hands.write(words)
        _send(wendy, lee, log, words)
    wendy.layout("us")
    for words in PASTED:
        wendy.copy(words)
        _begin_line(wendy)
        wendy.hands.press("ctrl+v")
        _send(wendy, lee, log, words)
    wendy.keep("scripts as they are sent")
    lee.keep("scripts as they are read")
    _begin_line(wendy)
    for words in PASTED[3:5]:
        wendy.copy(words)
        wendy.hands.press("ctrl+v", "space")
    wendy.rest(0.5)
    wendy.keep("a line from right to left is typed")


def _begin_line(window: Window) -> None:
    window.hands.strike("T")
    window.until(SOON_S, typing=True)


def _send(window: Window, other: Window, log: Path, words: str) -> None:
    """Send the line that stands there, and see it arrive; what nobody typed is not in it."""
    window.until(SOON_S, typed=words)
    window.hands.press("Return")
    for reader in (window, other):
        reader.until(SOON_S, lambda line: words in line.get("said", ()))
    until(lambda: words in _printed(log), f"the bot prints {words}", SOON_S)


def _printed(log: Path) -> list[str]:
    """Return what a bot printed of the chat, as programs read it."""
    lines = (line for line in log.read_text().splitlines() if line.startswith("{"))
    told = (json.loads(line) for line in lines)
    return [line["text"] for line in told if line["event"] == "chat"]
