"""python -m bulq …"""

import sys

from bulq import changes, log, relay
from bulq.cli import main
from bulq.config import settings

if __name__ == "__main__":
    log.configure()
    if settings.redis_url:  # a process without pages: those of the servers hear of what it changes
        changes.tell_by(lambda *topics: relay.tell(str(settings.redis_url), topics))
    sys.exit(main())
