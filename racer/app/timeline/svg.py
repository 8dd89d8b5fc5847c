"""SVG as text: elements with their attributes, nothing else. The same calls give the same bytes."""

from __future__ import annotations

import re
from typing import Final, TypeAlias, final
from xml.sax.saxutils import escape, quoteattr

AttributeValue: TypeAlias = str | float

# XML 1.0, production 2: what a document may not hold even escaped.
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def number(value: float) -> str:
    """Return a number as short as a tenth of a pixel needs."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def clean(text: str) -> str:
    """Return text without what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


@final
class Svg:
    """A drawing that grows element by element.

    Attributes are keyword arguments: `stroke_width` is written `stroke-width`, `class_` `class`.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def add(self, tag: str, **attributes: AttributeValue) -> None:
        """Add an element without content."""
        self._lines.append(f"<{tag}{_attributes_text(attributes)}/>")

    def text(self, x: float, y: float, words: str, **attributes: AttributeValue) -> None:
        """Add a line of text whose baseline begins, or ends, at a point."""
        written = _attributes_text({"x": x, "y": y, **attributes})
        self._lines.append(f"<text{written}>{escape(clean(words))}</text>")

    def titled(self, tag: str, title: str, **attributes: AttributeValue) -> None:
        """Add an element that tells its title where a pointer rests on it."""
        words = f"<title>{escape(clean(title))}</title>"
        self._lines.append(f"<{tag}{_attributes_text(attributes)}>{words}</{tag}>")

    def include(self, other: Svg) -> None:
        """Add all that another drawing holds, on top."""
        self._lines.extend(other._lines)

    def document(self, width: float, height: float, title: str, style: str) -> str:
        """Return the whole drawing as an XML document."""
        size = f'width="{number(width)}" height="{number(height)}"'
        box = f'viewBox="0 0 {number(width)} {number(height)}"'
        head = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>',
            f"<title>{escape(clean(title))}</title>",
            f"<style>{escape(style)}</style>",
        ]
        return "\n".join([*head, *self._lines, "</svg>", ""])


def _attributes_text(attributes: dict[str, AttributeValue]) -> str:
    parts = []
    for name, value in attributes.items():
        words = clean(value) if isinstance(value, str) else number(value)
        parts.append(f" {name.rstrip('_').replace('_', '-')}={quoteattr(words)}")
    return "".join(parts)
