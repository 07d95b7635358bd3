"""python -m bulq …"""

import sys

from bulq.cli import main

if __name__ == "__main__":
    sys.exit(main())
