"""Older and newer code, as far as a room can tell: dialects of versions that `net` has no more.

The frozen version is in `wire_v4`. The one after it is a stand-in: each heartbeat has a field more,
and so has each answer to an append.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, final

import msgspec
from msgspec import Meta

from net.errors import WireError, WireFault
from net.limits import MESSAGES_PER_FRAME_MAX
from net.wire import decrees, messages
from net.wire.codec import Codec, Newest
from net.wire.messages import Message
from tests.net import wire_next
from tests.net.wire_v4 import decrees as decrees_v4
from tests.net.wire_v4 import messages as messages_v4

if TYPE_CHECKING:
    from types import ModuleType

FROZEN: Final = 4
_ENCODER: Final = msgspec.msgpack.Encoder()
_ADDED: Final[dict[tuple[str, str], object]] = {
    ("Heartbeat", "load"): 7,
    ("Appended", "reason"): "",
}
"""What older code cannot say is told for it."""


class UnknownFormError(Exception):
    """A version has no such message, or no such part of one."""


def forms_of(*modules: ModuleType) -> dict[str, type[msgspec.Struct]]:
    """Return the structs of some modules by name; later ones go before earlier ones."""
    return {
        name: value
        for module in modules
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, msgspec.Struct)
    }


def translated(value: Any, forms: dict[str, type[msgspec.Struct]]) -> Any:
    """Return a value of one version as another one has it, field by field.

    Raises:
        UnknownFormError: it has none.
    """
    if isinstance(value, tuple | list):
        return tuple(translated(each, forms) for each in value)
    if not isinstance(value, msgspec.Struct):
        return value
    name = type(value).__name__
    form = forms.get(name)
    if form is None:
        raise UnknownFormError(name)
    fields = {
        field: translated(getattr(value, field), forms)
        if hasattr(value, field)
        else _ADDED[name, field]
        for field in form.__struct_fields__
    }
    return form(**fields)


@final
class Translating:
    """A dialect by other forms of the messages."""

    def __init__(self, version: int, union: Any, forms: dict[str, type[msgspec.Struct]]) -> None:
        self.version = version
        self._forms = forms
        bounds = Meta(min_length=1, max_length=MESSAGES_PER_FRAME_MAX)
        self._decoder = msgspec.msgpack.Decoder(Annotated[list[union], bounds])

    def encode(self, message: Message) -> bytes | None:
        try:
            return _ENCODER.encode(translated(message, self._forms))
        except UnknownFormError:
            return None

    def decode(self, frame: bytes) -> list[Message]:
        try:
            found = self._decoder.decode(frame)
        except ValueError as error:
            raise WireError(str(error), WireFault.FIELDS) from None
        return [translated(each, NEWEST_FORMS) for each in found]


@final
class Renumbered:
    """The newest dialect under another number."""

    def __init__(self, version: int) -> None:
        self.version = version
        self._newest = Newest()

    def encode(self, message: Message) -> bytes | None:
        return self._newest.encode(message)

    def decode(self, frame: bytes) -> list[Message]:
        return self._newest.decode(frame)


NEWEST_FORMS: Final = forms_of(decrees, messages)
NEXT_FORMS: Final = forms_of(decrees, messages, wire_next)
NEXT: Final = FROZEN + 1
_FROZEN: Final = Translating(FROZEN, messages_v4.Message, forms_of(decrees_v4, messages_v4))
_NEXT: Final = Translating(NEXT, wire_next.Message, NEXT_FORMS)

OLD_CODE: Final = Codec(_FROZEN)
NEXT_CODE: Final = Codec(_FROZEN, _NEXT)
AFTER_NEXT_CODE: Final = Codec(_NEXT, Renumbered(NEXT + 1))
LYING_CODE: Final = Codec(Translating(FROZEN, wire_next.Message, NEXT_FORMS))
"""Somebody changed a layout and did not raise the version."""
