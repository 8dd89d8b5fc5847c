"""Where a line of chat is broken into rows: at blanks, and in scripts without them anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from racer.app.window.base.letters.cleaning import graphemes

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS_MAX: Final = 7  # of one line: the longest that may be said, of wide letters
NEVER_FIRST: Final = frozenset(
    "、。，．！？：；」』）】〕〉》ーっゃゅょッャュョ々…!?),.;:"
)  # of a row
BETWEEN: Final = (
    ("\u2e80", "\u9fff"),
    ("\uac00", "\ud7a3"),
    ("\uf900", "\ufaff"),
    ("\uff00", "\uffef"),
)
"""Letters that a row may end and begin with: those of China, Japan and Korea."""


def wrapped(
    width_of: Callable[[str], float], text: str, width: float, indent: float = 0.0
) -> list[str]:
    """Return a clean text in rows that fit a width, the first shorter by `indent`.

    What does not fit ROWS_MAX rows is cut, and an ellipsis tells so.
    """
    rows: list[str] = []
    row, room = "", width - indent
    for part in _unbroken_parts(text):
        if len(rows) > ROWS_MAX:
            break
        if width_of(f"{row}{part}".rstrip(" ")) <= room:
            row += part
            continue
        if row:
            rows.append(row.rstrip(" "))
            room = width
        row = part
        while (
            len(rows) <= ROWS_MAX and width_of(row.rstrip(" ")) > room
        ):  # longer than a row: cut anywhere
            head, row = _split_part(width_of, row, room)
            rows.append(head)
            room = width
    rows.append(row.rstrip(" "))
    if len(rows) > ROWS_MAX:
        rows = [*rows[: ROWS_MAX - 1], _shortened_row(width_of, rows[ROWS_MAX - 1], width)]
    return rows


def _unbroken_parts(text: str) -> list[str]:
    """Return a text in parts that stay together, each with the blank behind it."""
    parts: list[str] = []
    for each in graphemes(text):
        before = parts[-1] if parts else ""
        apart = (
            not before
            or (before.endswith(" ") and each != " ")
            or (
                each not in NEVER_FIRST
                and each != " "
                and (_may_end(before[-1]) or _may_end(each[0]))
            )
        )
        if apart:
            parts.append(each)
        else:
            parts[-1] += each
    return parts


def _may_end(char: str) -> bool:
    return any(first <= char <= last for first, last in BETWEEN) or char >= "\U0001f000"


def _split_part(width_of: Callable[[str], float], part: str, room: float) -> tuple[str, str]:
    """Return as many graphemes of a part as fit, at least one, and the rest."""
    pieces = graphemes(part)
    count = max(1, min(len(pieces), int(len(pieces) * room / max(1.0, width_of(part)))))
    while count < len(pieces) and width_of("".join(pieces[: count + 1])) <= room:
        count += 1
    while count > 1 and width_of("".join(pieces[:count])) > room:
        count -= 1
    return "".join(pieces[:count]), "".join(pieces[count:])


def _shortened_row(width_of: Callable[[str], float], row: str, width: float) -> str:
    pieces = graphemes(row)
    while pieces and width_of("".join(pieces) + "…") > width:
        pieces.pop()
    return "".join(pieces) + "…"
