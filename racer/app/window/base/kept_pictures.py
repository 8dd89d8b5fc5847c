"""Pictures that are made once and shown often: the one unseen longest goes when there are many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, Generic, TypeVar, final

if TYPE_CHECKING:
    import pygame

K = TypeVar("K", bound=Hashable)

MEGABYTE: Final = 1_000_000
BESIDES: Final = 512  # bytes of a picture and its name beside its pixels: many may have hardly any


@final
class KeptPictures(Generic[K]):
    """Keeps pictures by what they show, as far as their bytes go, and the newest in any case.

    Args:
        bytes_max: of all together; may be changed at any time.
    """

    def __init__(self, bytes_max: int) -> None:
        self.bytes_max = bytes_max
        self.bytes = 0
        self._pictures: OrderedDict[K, pygame.Surface] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pictures)

    def __contains__(self, key: K) -> bool:
        """Whether a picture is here, which is no use of it."""
        return key in self._pictures

    def get(self, key: K) -> pygame.Surface | None:
        """Return a picture that is to be shown, if it is here."""
        picture = self._pictures.get(key)
        if picture is not None:
            self._pictures.move_to_end(key)
        return picture

    def keep(self, key: K, picture: pygame.Surface) -> pygame.Surface:
        """Keep a picture that is not here, and return it."""
        self._pictures[key] = picture
        self.bytes += _bytes_of(picture)
        while self.bytes > self.bytes_max and len(self._pictures) > 1:
            _, oldest = self._pictures.popitem(last=False)
            self.bytes -= _bytes_of(oldest)
        return picture

    def clear(self) -> None:
        """Forget all."""
        self._pictures.clear()
        self.bytes = 0


def _bytes_of(picture: pygame.Surface) -> int:
    return picture.get_pitch() * picture.get_height() + BESIDES
