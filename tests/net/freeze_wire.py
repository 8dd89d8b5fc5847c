"""Keeps the messages of the present version as they are now: `python -m tests.net.freeze_wire`.

The copy stands for older code where tests run two versions in one room. It holds all that a layout
depends on, bounds too, so that nothing changed in `net` changes it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from net import limits
from net.wire import versions
from net.wire.versions import PROTOCOL_VERSION

HERE: Final = Path(__file__).parent
MODULES: Final = ("values", "decrees", "messages")
_IMPORT: Final = r"from {} import (\([^)]*\)|[^\n]*)\n"


def frozen(source: str, version: int) -> str:
    """Return a module of net.wire with the numbers in it that stood for themselves elsewhere."""
    for module in (limits, versions):
        pattern = _IMPORT.format(re.escape(module.__name__))
        found = re.search(pattern, source)
        if found is None:
            continue
        names = re.findall(r"\w+", found[1])
        numbers = "".join(f"{name}: Final = {vars(module)[name]!r}\n" for name in names)
        source = re.sub(pattern, "", source)
        source = re.sub(r"\n\n\n", f"\n\n{numbers}\n\n", source, count=1)
        source = source.replace("import Annotated, TypeAlias", "import Annotated, Final, TypeAlias")
    return source.replace("from net.wire.", f"from tests.net.wire_v{version}.")


def copies() -> dict[Path, str]:
    """Return what the copy of PROTOCOL_VERSION is, by file."""
    folder, wire = HERE / f"wire_v{PROTOCOL_VERSION}", HERE.parents[1] / "net" / "wire"
    sources = {name: (wire / f"{name}.py").read_text(encoding="utf-8") for name in MODULES}
    return {folder / f"{name}.py": frozen(sources[name], PROTOCOL_VERSION) for name in MODULES}


def main() -> None:
    """Write it."""
    for path, text in copies().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
