"""What protects passwords, at its real cost, which the other tests do without."""

import subprocess
import sys

from argon2 import extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from bulq import sessions
from tests.databases import ROOT

HASH = "from bulq import sessions; print(sessions.hash_password('A rather long one'))"


def test_a_password_is_as_hard_to_guess_as_the_rfc_asks() -> None:
    made = subprocess.run([sys.executable, "-c", HASH], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    stored = made.stdout.strip()

    assert extract_parameters(stored) == RFC_9106_LOW_MEMORY
    assert sessions.password_matches("A rather long one", stored)
    assert not sessions.password_matches("A rather long two", stored)
