"""The real `racer` of another version, as far as the wire can tell: for tests on a LAN.

Takes the name of a version, `old`, `next` or `after-next`, and the arguments of `racer`.
"""

from __future__ import annotations

import sys

from net.runtime import endpoint, service
from racer.app.commands.cli import main
from tests.net.dialects import AFTER_NEXT_CODE, NEXT_CODE, OLD_CODE

CODES = {"old": OLD_CODE, "next": NEXT_CODE, "after-next": AFTER_NEXT_CODE}

if __name__ == "__main__":
    code = CODES[sys.argv.pop(1)]
    for module in (endpoint, service):
        vars(module)["CODEC"] = code
    sys.exit(main())
