"""Writes the vectors anew: `python -m tests.vectors`."""

from __future__ import annotations

from tests.vectors.files import path_of, text_of
from tests.vectors.layers import LAYERS

for name in LAYERS:
    path_of(name).write_text(text_of(name), encoding="utf-8")
