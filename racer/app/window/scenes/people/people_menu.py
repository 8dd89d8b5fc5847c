"""The people here, and what one may do about one of them: not hear them, vote them out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.box import Box
from racer.app.window.base.palette import ACCENT, FAINT, INK, PANEL, SOFT, WHITE
from racer.app.window.controls.control import Button
from racer.app.window.scenes.people.poll_banner import poll_on, poll_words
from racer.play.view import VoteRemoval

if TYPE_CHECKING:
    from racer.app.window.base.canvas import Canvas
    from racer.app.window.controls.control import Page
    from racer.play.view import DriverView, RaceView

WIDTH: Final = 520.0
ROW: Final = 46.0
HEAD: Final = 104.0  # over the first button
ROWS: Final = 9  # of a list before it has a second column
LISTED: Final = 20  # people at a time; where there are more, one turns over
RULE: Final = "Three in five of the people here must want it, two at least, within 45 s."
HOST_RULE: Final = "This room is yours: your word is enough."


@final
class PeopleMenu:
    """Over a scene, while it is open: the list of people, or the menu of one of them."""

    def __init__(self) -> None:
        self.is_open = False
        self._who: bytes | None = None  # None: the list
        self._listed = False  # the list was there first
        self._first = 0  # who of the people heads the list

    def open(self, who: bytes | None = None) -> None:
        """Show the list, or somebody's menu."""
        self._listed = self.is_open and self._who is None
        self.is_open, self._who = True, who

    def back(self) -> None:
        """Go back to the list, or to what was there before."""
        self.is_open, self._who = self._who is not None and self._listed, None

    def close(self) -> None:
        self.is_open = False

    def choose(self, chosen: str, view: RaceView) -> VoteRemoval | str | None:
        """Take in what was pressed.

        Returns:
            A vote; or the key, in hex, of whom to hear no more, or again.
        """
        who = self._who
        match chosen:
            case "people":
                self.open()
            case "mute" if who is not None:
                self.back()
                return who.hex()
            case "remove" if who is not None:
                poll = poll_on(view, who)
                self.back()
                return VoteRemoval(who, on=poll is None or not poll.mine)
            case "back":
                self.back()
            case "more people":
                self._first += LISTED
            case _ if chosen.startswith("driver "):
                self.open(bytes.fromhex(chosen.split()[1]))
            case _:
                pass
        return None

    def page(self, canvas: Canvas, view: RaceView, muted: tuple[str, ...]) -> Page:
        """Return the buttons."""
        somebody = self._find_driver(view)
        rows = self._list_rows(view) if somebody is None else _rows_about(view, somebody, muted)
        box = _panel_box(canvas, len(rows))
        return tuple(
            Button(id=name, box=_row_box(box, k, len(rows)), label=label, enabled=enabled)
            for k, (name, label, enabled) in enumerate(rows)
        )

    def draw(self, canvas: Canvas, view: RaceView, muted: tuple[str, ...]) -> None:
        """Draw the ground and the words."""
        somebody = self._find_driver(view)
        rows = self._list_rows(view) if somebody is None else _rows_about(view, somebody, muted)
        canvas.panel(0.0, 0.0, canvas.width, canvas.height, INK, 130, 0)
        box = _panel_box(canvas, len(rows))
        canvas.panel(*box, PANEL, 250, 16)
        x, y = box.x + 28.0, box.y + 18.0
        if somebody is None:
            canvas.text("THE PEOPLE HERE", x, y, 24, WHITE, bold=True)
            canvas.text("choose one, to mute or to vote", x, y + 36.0, 15, SOFT)
            return
        name = canvas.fitted(somebody.name, box.width - 56.0, 24, bold=True)
        canvas.text(name, x, y, 24, ACCENT if somebody.mine else WHITE, bold=True)
        poll = poll_on(view, somebody.node)
        about = _about_driver(somebody) if poll is None else poll_words(view, poll)
        canvas.text(canvas.fitted(about, box.width - 56.0, 15), x, y + 34.0, 15, SOFT)
        if not somebody.mine and not view.watches:
            rule = HOST_RULE if _is_ours(view) else RULE
            canvas.text(rule, x, y + 56.0, 13, FAINT)

    def _list_rows(self, view: RaceView) -> list[tuple[str, str, bool]]:
        others = [driver for driver in view.drivers if not driver.mine]
        if self._first >= len(others):
            self._first = 0
        shown = others[self._first : self._first + LISTED]
        names = Counter(driver.name.casefold() for driver in others)
        rows: list[tuple[str, str, bool]] = []
        for driver in shown:
            told = driver.name
            if names[told.casefold()] > 1:  # one is muted or voted out, and not its namesake
                told = f"{told} · {_part_of(driver)}"
            voted = f"{told}: vote under way" if poll_on(view, driver.node) else told
            rows.append((f"driver {driver.node.hex()}", voted, True))
        if len(shown) < len(others):
            rows.append(("more people", f"{len(others) - len(shown)} more", True))
        return [*rows, ("back", "Back", True)]

    def _find_driver(self, view: RaceView) -> DriverView | None:
        return next((driver for driver in view.drivers if driver.node == self._who), None)


def is_of_people(chosen: str) -> bool:
    """Whether what was pressed is for this menu, in it or to open it."""
    return chosen in {"people", "more people", "mute", "remove", "back"} or chosen.startswith(
        "driver "
    )


def _is_ours(view: RaceView) -> bool:
    """Whether this room has a host, and that is we."""
    return any(driver.mine and driver.host for driver in view.drivers)


def _part_of(driver: DriverView) -> str:
    """Return what tells somebody from who bears the same name."""
    kind = "watches" if driver.watching else "bot" if driver.bot else "driver"
    return kind if driver.number is None else f"{kind} · car {driver.number}"


def _about_driver(driver: DriverView) -> str:
    words = [_part_of(driver)]
    words += [] if driver.rtt_ms is None else [f"{driver.rtt_ms:.0f} ms away"]
    words += ["host of this room"] if driver.host else []
    return " · ".join(words)


def _rows_about(
    view: RaceView, driver: DriverView, muted: tuple[str, ...]
) -> list[tuple[str, str, bool]]:
    if driver.mine:
        return [("back", "This is you", True)]
    hushed = driver.node.hex() in muted
    poll = poll_on(view, driver.node)
    vote = "Vote to remove from this race"
    if _is_ours(view):
        vote = "Remove from this race"
    elif poll is not None and poll.mine:
        vote = "Take my vote back"
    return [
        ("mute", "Hear again" if hushed else "Mute, on this machine", True),
        ("remove", vote, not view.watches),
        ("back", "Never mind", True),
    ]


def _panel_box(canvas: Canvas, rows: int) -> Box:
    columns = 1 if rows <= ROWS else 2
    high = HEAD + ROW * -(-rows // columns) + 12.0
    wide = WIDTH * (1.0 if columns == 1 else 1.5)
    return Box((canvas.width - wide) / 2.0, (canvas.height - high) / 2.0, wide, high)


def _row_box(box: Box, k: int, rows: int) -> Box:
    columns = 1 if rows <= ROWS else 2
    wide = (box.width - 48.0 - 10.0 * (columns - 1)) / columns
    x = box.x + 24.0 + (k % columns) * (wide + 10.0)
    return Box(x, box.y + HEAD + (k // columns) * ROW, wide, ROW - 8.0)
