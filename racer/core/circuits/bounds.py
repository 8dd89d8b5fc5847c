"""What a circuit's text may be, for those too who do not read it."""

import re
from typing import Final

TEXT_MAX: Final = 65_536  # characters: 12 km of free points need 50 kB, and texts come from peers
NAME: Final = re.compile(r"[a-z0-9-]{1,32}")
