"""In which order a line is read that has words of both directions.

Source: UAX #9, revision 46, without X1 to X8: embeddings, overrides and isolates are cleaned away
before a text gets here, so all of a line is one level run.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final
from unicodedata import bidirectional

_RIGHT: Final = frozenset({"R", "AL"})
_TURNING: Final = frozenset({"R", "AL", "AN"})  # where none of these is, nothing is turned
_NEUTRAL: Final = frozenset({"B", "S", "WS", "ON"})
_OPEN: Final = "([{༺༼᚛⁅⌈⌊❨❪❬❮❰❲❴⟦⟨⟪〈《「『【〔〖〘〚"
_CLOSE: Final = ")]}༻༽᚜⁆⌉⌋❩❫❭❯❱❳❵⟧⟩⟫〉》」』】〕〗〙〛"
_OPENING: Final = dict(zip(_OPEN, _CLOSE, strict=True))
_BRACKETS_MAX: Final = 63  # within each other
_CLOSING: Final = frozenset(_CLOSE)
_FIRST_RIGHT: Final = "\u0590"  # no letter below is written from the right


def reads_from_right(text: str) -> bool:
    """Tell whether the first letter with a direction is written from the right: P2, P3."""
    for char in text:
        kind = bidirectional(char)
        if kind == "L":
            return False
        if kind in _RIGHT:
            return True
    return False


def levels(text: str, *, from_right: bool = False) -> list[int]:
    """Return the embedding level of each character: odd ones are written from the right."""
    base = int(from_right)
    if not from_right and (not text or max(text) < _FIRST_RIGHT):
        return [0] * len(text)
    kinds = [bidirectional(char) or "L" for char in text]
    if not from_right and _TURNING.isdisjoint(kinds):
        return [0] * len(text)
    seen = [at for at, kind in enumerate(kinds) if kind != "BN"]  # X9
    resolved = _resolve_kinds([kinds[at] for at in seen], [text[at] for at in seen], "LR"[base])
    found = [base] * len(text)
    for at, kind in zip(seen, resolved, strict=True):
        found[at] = _level_of_kind(kind, base)
    for at, kind in enumerate(kinds):
        if kind == "BN" and at:
            found[at] = found[at - 1]
    for at in range(len(text) - 1, -1, -1):  # L1
        if kinds[at] not in {"WS", "BN", "B", "S"}:
            break
        found[at] = base
    return found


def visual_order(found: list[int]) -> list[int]:
    """Return the indices of what has these levels from left to right: L2."""
    order = list(range(len(found)))
    for level in range(max(found, default=0), 0, -1):
        at = 0
        for high, group in groupby([found[k] >= level for k in order]):
            end = at + len(list(group))
            if high:
                order[at:end] = order[at:end][::-1]
            at = end
    return order


def _level_of_kind(kind: str, base: int) -> int:
    """I1, I2."""
    match kind:
        case "R":
            return 1
        case "L":
            return 2 * base
        case _:
            return 2


def _resolve_kinds(kinds: list[str], chars: list[str], base: str) -> list[str]:
    """Return for each character L, R, or the kind of its number: EN, AN."""
    marks = [kind == "NSM" for kind in kinds]
    _resolve_strength(kinds, base)
    _resolve_separators(kinds, base)
    _resolve_brackets(kinds, chars, marks, base)
    _resolve_neutrals(kinds, base)
    return kinds


def _resolve_strength(kinds: list[str], base: str) -> None:
    """W1 to W3."""
    strong = before = base
    for at, kind in enumerate(kinds):
        if kind == "NSM":
            kinds[at] = before
        elif kind == "EN" and strong == "AL":
            kinds[at] = "AN"
        elif kind in {"L", "R", "AL"}:
            strong = kind
        before = kinds[at]
    kinds[:] = ["R" if kind == "AL" else kind for kind in kinds]


def _resolve_separators(kinds: list[str], base: str) -> None:
    """W4 to W7."""
    for at in range(1, len(kinds) - 1):
        around = {kinds[at - 1], kinds[at + 1]}
        if len(around) == 1 and (
            (kinds[at] in {"ES", "CS"} and around == {"EN"})
            or (kinds[at] == "CS" and around == {"AN"})
        ):
            kinds[at] = kinds[at - 1]
    at = 0
    for kind, group in groupby(list(kinds)):
        end = at + len(list(group))
        if kind == "ET" and "EN" in {*kinds[at - 1 : at], *kinds[end : end + 1]}:
            kinds[at:end] = ["EN"] * (end - at)
        at = end
    strong = base
    for at, kind in enumerate(kinds):
        if kind in {"L", "R"}:
            strong = kind
        elif kind in {"ES", "ET", "CS"}:
            kinds[at] = "ON"
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"


def _resolve_brackets(kinds: list[str], chars: list[str], marks: list[bool], base: str) -> None:
    """N0."""
    for start, end in _bracket_pairs(kinds, chars):
        inside = {_direction_of(kind) for kind in kinds[start + 1 : end]} - {""}
        if base in inside:
            towards = base
        elif inside:
            before = [_direction_of(kind) for kind in kinds[:start]]
            context = next((each for each in reversed(before) if each), base)
            towards = context if context != base else base
        else:
            continue
        for at in (start, end):
            kinds[at] = towards
            for mark in range(at + 1, len(kinds)):
                if not marks[mark]:
                    break
                kinds[mark] = towards


def _bracket_pairs(kinds: list[str], chars: list[str]) -> list[tuple[int, int]]:
    """BD16."""
    open_at: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for at, (kind, char) in enumerate(zip(kinds, chars, strict=True)):
        if kind != "ON":
            continue
        if char in _OPENING:
            if len(open_at) == _BRACKETS_MAX:
                break
            open_at.append((_OPENING[char], at))
        elif char in _CLOSING:
            for depth in range(len(open_at) - 1, -1, -1):
                if open_at[depth][0] == char:
                    pairs.append((open_at[depth][1], at))
                    del open_at[depth:]
                    break
    return sorted(pairs)


def _resolve_neutrals(kinds: list[str], base: str) -> None:
    """N1, N2."""
    at = 0
    for neutral, group in groupby([kind in _NEUTRAL for kind in kinds]):
        end = at + len(list(group))
        if neutral:
            before = _direction_of(kinds[at - 1]) if at else base
            after = _direction_of(kinds[end]) if end < len(kinds) else base
            kinds[at:end] = [before if before == after else base] * (end - at)
        at = end


def _direction_of(kind: str) -> str:
    """Return L or R of what is strong, or a number, which counts like R; else nothing."""
    return kind if kind == "L" else "R" if kind in {"R", "EN", "AN"} else ""
