"""What the version after the newest one changes: a stand-in for what it will."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, Final, get_args, get_type_hints

import msgspec
from msgspec import Meta

from net.wire import messages
from net.wire.values import Value


def grown(form: type[msgspec.Struct], at: int, name: str, kind: object) -> type[msgspec.Struct]:
    """Return a message with a field more, at a place."""
    hints = get_type_hints(form, include_extras=True)
    fields = [(field, hints[field]) for field in form.__struct_fields__]
    fields.insert(at, (name, kind))
    tag = form.__struct_config__.tag
    return msgspec.defstruct(form.__name__, fields, bases=(Value,), tag=tag, frozen=True)


Heartbeat: Final = grown(messages.Heartbeat, 10, "load", Annotated[int, Meta(ge=0, le=255)])
Appended: Final = grown(messages.Appended, 3, "reason", str)

_CHANGED: Final[tuple[Any, ...]] = (Heartbeat, Appended)
_TAGS: Final = {form.__struct_config__.tag for form in _CHANGED}
_SAME: Final = [
    form for form in get_args(messages.Message) if form.__struct_config__.tag not in _TAGS
]
Message: Final[Any] = reduce(or_, [*_SAME, *_CHANGED])
