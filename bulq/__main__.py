"""python -m bulq …"""

import sys

from bulq import log
from bulq.cli import main

if __name__ == "__main__":
    log.configure()
    sys.exit(main())
