"""Puts faults into the code, one at a time, and lists those that no test finds. docs/testing.md says how to read it."""

import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from coverage.numbits import numbits_to_nums
from mutants import Mutant, mutants_of

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".mutate"
# These need a browser or servers of their own, and what a server runs is not recorded.
SERVERS = ("tests/e2e", "tests/live", "tests/rehearsal")
# What pages look like is seen in a browser only; the demo is no part of a running server.
LEFT_OUT = ("bulq/pages/", "bulq/components/", "bulq/demo/", "bulq/__main__.py")
FIRST, THEN = 25, 400  # tests tried at once, and after them; those that run the fewest other lines come first
PATIENCE = 100.0  # seconds, and one more for each test: a fault that makes the tests hang is found
WHOLE = ("", 0)  # stands for all lines of all files
# Whether the tables are as the models say; what says so runs at import only.
MODELS, OF_MODELS = "bulq/models/", "tests/test_migrations.py"
PYTEST = (sys.executable, "-m", "pytest", "-q")


def make_copy(folder: Path) -> Path:
    """The whole checkout, in which a fault may be put while other tests run."""
    left_out = shutil.ignore_patterns(".git", ".venv", ".web", ".states", CACHE.name, "__pycache__")
    shutil.copytree(ROOT, folder, ignore=left_out)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def coverage(copy: Path) -> dict[tuple[str, int], list[str]]:
    """For each file and line the tests that run the line, the most specific first. Kept until code or tests change."""
    code = b"".join(path.read_bytes() for name in ("bulq", "tests") for path in sorted((ROOT / name).rglob("*.py")))
    data = CACHE / hashlib.sha256(code).hexdigest()[:16]
    if not data.exists():
        print("Recording which test runs which line …", flush=True)
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir()
        measure = ["-n", "logical", "--dist", "loadfile", "--cov=bulq", "--cov-context=test", "--cov-report="]
        env = os.environ | {"COVERAGE_FILE": str(CACHE / "new")}
        command = [*PYTEST, *measure, *(f"--ignore={path}" for path in SERVERS), "tests"]
        if subprocess.run(command, cwd=copy, env=env).returncode:
            print("Some tests fail without any fault put in. What they notice doesn't count.", flush=True)
        (CACHE / "new").rename(data)
    reached, breadth = defaultdict[tuple[str, int], set[str]](set), Counter[str]()
    query = "SELECT path, context, numbits FROM line_bits, file f, context c WHERE f.id = file_id AND c.id = context_id"
    for path, context, numbits in sqlite3.connect(data).execute(query):
        test, lines = context.rpartition("|")[0], numbits_to_nums(numbits)  # "tests/…::test_x[sqlite]|run"
        breadth[test] += len(lines)
        for line in lines if test else ():
            reached[path[path.rindex("/bulq/") + 1 :], line].add(test)
    found = {place: sorted(tests, key=lambda test: (breadth[test], test)) for place, tests in reached.items()}
    return found | {WHOLE: [test for test, _ in breadth.most_common(5)]}


def tests_for(mutant: Mutant, reached: dict[tuple[str, int], list[str]]) -> list[str]:
    """The tests that run the line. For what runs at import only, such as a constant, those that run the module, and
    where nothing in it runs later, those that run most of everything; for models first of all the test of tables.
    """
    around = (tests[:5] for (file, _), tests in reached.items() if file == mutant.file)
    inside = list(dict.fromkeys(test for tests in around for test in tests))
    at_import = [*([OF_MODELS] if mutant.file.startswith(MODELS) else []), *(inside or reached[WHOLE])]
    return reached.get((mutant.file, mutant.line)) or at_import


def failing(tests: list[str], copy: Path) -> list[str]:
    """The first of the tests that fails; all of them when they hang."""
    (failed := copy / ".pytest_cache/v/cache/lastfailed").unlink(missing_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    process = subprocess.Popen([*PYTEST, "-x", *tests], cwd=copy, **quiet)
    try:
        if process.wait(PATIENCE + len(tests)) == 0:
            return []
        known = json.loads(failed.read_text()) if failed.exists() else {}
        return [test for test in tests if test in known][:1] or tests[:1]  # none is known when a module can't be loaded
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)  # so that the tests end the servers they started
        time.sleep(5)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return tests


def is_found(mutant: Mutant, tests: list[str], copy: Path) -> bool:
    """Whether one of the tests fails while `copy` holds the fault, and passes without."""
    file, right = copy / mutant.file, (copy / mutant.file).read_bytes()
    for part in (tests[:FIRST], tests[FIRST:][:THEN]):
        while part:
            file.write_bytes(mutant.apply(right))
            failed = failing(part, copy)
            file.write_bytes(right)
            if failed and not failing(failed, copy):
                return True
            # A test that fails anyway says nothing, and hides none of those behind it.
            part = part[part.index(failed[-1]) + 1 :] if failed else []
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--in", dest="inside", nargs="+", default=[], help="files or folders")
    given, began = parser.parse_args(), time.monotonic()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background it is ignored, by the tests, too
    files = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "bulq").rglob("*.py"))]
    files = [f for f in files if (f.startswith(tuple(given.inside)) if given.inside else not f.startswith(LEFT_OUT))]
    every = [mutant for file in files for mutant in mutants_of(ROOT / file, file)]
    sample = random.Random(given.seed).sample(every, min(given.sample, len(every)))
    print(f"{len(every)} faults in {len(files)} files; {len(sample)} are tried, seed {given.seed}", flush=True)
    found, lost, free = Counter[str](), Counter[str](), SimpleQueue[Path]()

    def judge(mutant: Mutant) -> None:
        copy = free.get()
        noticed = is_found(mutant, tests_for(mutant, reached), copy)
        free.put(copy)
        found[os.path.dirname(mutant.file)] += noticed
        if not noticed:
            lost[os.path.dirname(mutant.file)] += 1
            print(mutant.describe((ROOT / mutant.file).read_bytes()), flush=True)

    with tempfile.TemporaryDirectory(prefix="bulq-mutate-") as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        copies = [make_copy(Path(folder, str(index))) for index in range(os.cpu_count() or 1)]
        reached = coverage(copies[0])
        for copy in copies:
            free.put(copy)
        list(pool.map(judge, sample))

    print(f"\n{'folder':<24}{'found':>8}{'of':>6}")
    for name in sorted(found.keys() | lost.keys()):
        print(f"{name:<24}{found[name]:>8}{found[name] + lost[name]:>6}")
    share, minutes = found.total() / max(1, len(sample)), (time.monotonic() - began) / 60
    print(f"{'all':<24}{found.total():>8}{len(sample):>6}   {share:.1%} in {minutes:.0f} min; not found: see above")


if __name__ == "__main__":
    main()
