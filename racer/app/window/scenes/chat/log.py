"""Which lines are shown: the newest, but of those whom one has muted; how many are unread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.play.view import ChatView

if TYPE_CHECKING:
    from collections.abc import Iterable

LINES_KEPT: Final = 64
TOLD_KEPT: Final = 8  # lines of the window itself among them
MUTED_MAX: Final = 64
SHOWN_S: Final = 12.0  # a line stays so long once it was seen, while the chat is closed
FADE_S: Final = 2.0


@final
class ChatLog:
    """Follows what the race knows of the chat.

    Args:
        muted: keys of players, in hex.
    """

    def __init__(self, muted: Iterable[str] = ()) -> None:
        self.muted: tuple[str, ...] = tuple(muted)[-MUTED_MAX:]
        self.unread = 0  # lines of others since one looked
        self.lines: tuple[ChatView, ...] = ()  # oldest first
        self._seen: dict[str, float] = {}  # by key of the line: for how long it was shown
        self._told: list[tuple[str, ChatView]] = []  # each behind the line of a key
        self._count = 0  # of what was told

    def on_view(self, chat: tuple[ChatView, ...], dt: float, *, reading: bool) -> int:
        """Take in what there is now; return how many lines are new.

        Args:
            reading: the newest lines are before one's eyes, and stay there.
        """
        heard = [line for line in chat if line.node.hex() not in self.muted][-LINES_KEPT:]
        fresh = [line for line in heard if line.key not in self._seen]
        self.lines = tuple(self._with_told(heard))[-LINES_KEPT:]
        self._seen = {line.key: self._seen.get(line.key, -dt) + dt for line in self.lines}
        self.unread = 0 if reading else self.unread + sum(not line.mine for line in fresh)
        return len(fresh)

    def tell(self, text: str) -> None:
        """Show a line that is of the window itself, and goes to nobody."""
        behind = next((line.key for line in reversed(self.lines) if line.node), "")
        self._count += 1
        line = ChatView(self._count, f"told {self._count}", b"", "", text, mine=True)
        self._told = [*self._told, (behind, line)][-TOLD_KEPT:]

    def mute(self, node: bytes) -> None:
        """Show no line of a player any more; tell where that lets another be heard again."""
        muted = (*(key for key in self.muted if key != node.hex()), node.hex())
        self.muted = muted[-MUTED_MAX:]
        if len(muted) > MUTED_MAX:
            self.tell(f"{MUTED_MAX} at most are muted: whom you muted first, you hear again.")

    def unmute(self, node: bytes) -> None:
        """Show the lines of a player again."""
        self.muted = tuple(key for key in self.muted if key != node.hex())

    def toggle_mute(self, node: bytes) -> None:
        """Hear a player no more, or again."""
        (self.unmute if node.hex() in self.muted else self.mute)(node)

    def brightness(self, line: ChatView) -> float:
        """Return how much is seen of a line while the chat is closed, 0..1."""
        left_s = SHOWN_S - self._seen.get(line.key, 0.0)
        return max(0.0, min(1.0, left_s / FADE_S))

    def _with_told(self, heard: list[ChatView]) -> list[ChatView]:
        keys = {line.key for line in heard}
        lines = [line for behind, line in self._told if behind not in keys]
        for each in heard:
            lines.append(each)
            lines.extend(line for behind, line in self._told if behind == each.key)
        return lines
