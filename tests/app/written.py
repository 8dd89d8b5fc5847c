"""What a canvas is asked to write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from racer.app.window.base.canvas import Canvas

if TYPE_CHECKING:
    import pytest


def note_written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the texts that any canvas writes from now on; they are drawn all the same."""
    written: list[str] = []
    write = Canvas.text

    def note(canvas: Canvas, text: str, *rest: Any, **more: Any) -> float:
        written.append(text)
        return write(canvas, text, *rest, **more)

    monkeypatch.setattr(Canvas, "text", note)
    return written
