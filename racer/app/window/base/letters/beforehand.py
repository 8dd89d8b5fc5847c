"""Letters that are made before they are seen: a size that is new takes five milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from racer.app.window.base.slices import take_slice

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

STEP_NS: Final = 1_500_000  # of making letters in one picture
GROUP: Final = 6  # letters that are made at once: half a millisecond
PRINTED: Final = "".join(map(chr, range(ord("!"), 127))) + "·…×‹›–’"
SIZES: Final = (*(11.0 + k for k in range(12)), 24.0, 26.0, 28.0)  # of lines, in both cuts
HEADINGS: Final = (  # sizes that few words have, all of them bold
    (34.0, PRINTED),
    (44.0, PRINTED),
    (50.0, PRINTED),
    (38.0, "0123456789"),
    (54.0, "0123456789"),
    (70.0, "0123456789/"),
    (120.0, "GO!321"),
    (104.0, "321"),
    (112.0, "321"),
    (128.0, "321"),
)
"""What scenes write, as large as they give it to the canvas."""


@final
class LettersBeforehand:
    """Has the letters of all that scenes write made, some in each picture.

    Args:
        make: has the letters of a text made, of a height in pixels, bold or not.
    """

    def __init__(self, make: Callable[[str, int, bool], None]) -> None:
        self._make = make
        self._manner: Hashable = None
        self._steps: Iterator[None] = iter(())

    def step(self, manner: Hashable, px_of: Callable[[float], int]) -> bool:
        """Make some, for two milliseconds at most; return whether there were any to make.

        Args:
            manner: all that sizes in pixels depend on; another one, and all begins anew.
            px_of: how high letters are of a size.
        """
        if self._manner != manner:
            self._manner, self._steps = manner, self._make_all(px_of)
        return take_slice(self._steps, STEP_NS)

    def _make_all(self, px_of: Callable[[float], int]) -> Iterator[None]:
        known = set()
        plain = [(size, bold, PRINTED) for size in SIZES for bold in (False, True)]
        for size, bold, letters in [*plain, *((size, True, words) for size, words in HEADINGS)]:
            pixels = px_of(size)
            if (pixels, bold, letters) in known:
                continue
            known.add((pixels, bold, letters))
            for at in range(0, len(letters), GROUP):
                self._make(letters[at : at + GROUP], pixels, bold)
                yield
