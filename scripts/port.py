"""Ends with a clear message when the port can't be used: python scripts/port.py 3000."""

import socket
import sys

if not sys.argv[1].isdecimal() or not 1 <= int(sys.argv[1]) <= 65535:
    sys.exit(f"PORT must be a number from 1 to 65535, not {sys.argv[1]!r}.")
with socket.socket() as probe:
    # As servers do it: a port whose last connections are still closing is free.
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("0.0.0.0", int(sys.argv[1])))
        probe.listen()
    except PermissionError:
        sys.exit(f"Port {sys.argv[1]} needs rights this user doesn't have. Choose another: PORT=8080 scripts/run")
    except OSError:
        sys.exit(f"Port {sys.argv[1]} is in use. Stop what uses it, or choose another: PORT=3001 scripts/run")
