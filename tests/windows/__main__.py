"""`make windows`: real windows used as people use them, and pictures of it. Needs root."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.windows.stage import Stage, missing
from tests.windows.trials import TRIALS

TOLD_MAX: Final = 600  # letters of why


def main() -> int:
    """Run the trials, one after the other. Returns 1 where one came to nothing."""
    parser = argparse.ArgumentParser(prog="python -m tests.windows")
    names = {trial.__name__: trial for trial in TRIALS}
    parser.add_argument("trial", nargs="*", choices=[*names, []], help="only these")
    parser.add_argument("--out", type=Path, help="gets the pictures")
    asked = parser.parse_args()
    if lacking := missing():
        print(lacking, file=sys.stderr)
        return 2
    out = asked.out or Path(tempfile.mkdtemp(prefix="windows-"))
    failed = False
    for name in asked.trial or names:
        folder = out / name
        folder.mkdir(parents=True)
        began_s = time.monotonic()
        stage = Stage(folder, TRIALS[names[name]])
        try:
            names[name](stage)
            told = "as it should be"
        except AssertionError as error:
            failed, told = True, f"FAILED: {str(error)[:TOLD_MAX]}"
        finally:
            stage.close()
        print(f"{name}: {told} ({time.monotonic() - began_s:.0f} s)", flush=True)
    print(f"pictures: {out}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
