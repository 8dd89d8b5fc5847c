"""Where the vectors stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from tests.vectors.layers import LAYERS

HERE: Final = Path(__file__).parent


def path_of(name: str) -> Path:
    """Return where the vectors of a layer, or published ones, stand."""
    return HERE / f"{name}.json"


def text_of(name: str) -> str:
    """Return what the vectors of a layer are now."""
    return json.dumps(LAYERS[name](), indent=1, ensure_ascii=False) + "\n"
