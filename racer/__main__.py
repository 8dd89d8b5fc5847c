"""`python -m racer` and the command `racer`."""

from __future__ import annotations

import sys

from racer.app.commands.cli import main

if __name__ == "__main__":
    sys.exit(main())
