#!/bin/sh
# Makes .venv with Python 3.11 or later and installs the pinned file named by the first argument
# (requirements.txt or requirements-dev.txt). Does nothing where that is already so.
# PYTHON names the interpreter to build from; without it the first recent one on the path is taken.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-requirements.txt}

say() { printf '%s\n' "$*" >&2; }
recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

find_python() {
    for candidate in "${PYTHON:-python3}" python3.14 python3.13 python3.12 python3.11; do
        if recent_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
        [ -z "${PYTHON:-}" ] || break
    done
    found=$("${PYTHON:-python3}" --version 2>/dev/null) || found="no ${PYTHON:-python3}"
    say "Landscape needs Python 3.11 or later; found: $found. Install one, or name it: make run PYTHON=/path/to/python3.11"
    return 1
}

make_venv() {
    python=$(find_python)
    say "Making a virtual environment in .venv with $("$python" --version)."
    rm -rf .venv
    if ! "$python" -m venv .venv >&2; then
        rm -rf .venv
        say "Python cannot make a virtual environment here. On Debian and Ubuntu: sudo apt-get install python3-venv"
        return 1
    fi
}

installed() {
    cmp -s requirements.txt .venv/installed/requirements.txt || return 1
    [ "$wanted" = requirements.txt ] || cmp -s "$wanted" ".venv/installed/$wanted"
}

# One at a time: two makes at once must not install into the same folder. The lock goes with the process.
if command -v flock >/dev/null 2>&1; then
    exec 9<requirements.txt
    flock 9
fi

recent_enough .venv/bin/python && installed && exit 0
{ recent_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; } || make_venv

say "Installing $wanted into .venv (once; a minute or two)."
rm -rf .venv/installed
.venv/bin/python -m pip install --disable-pip-version-check --quiet --requirement "$wanted" </dev/null >&2 || {
    say "Installing $wanted failed; the lines above say why. A second try starts where this one ended."
    exit 1
}
mkdir -p .venv/installed
cp requirements.txt .venv/installed/requirements.txt
cp "$wanted" ".venv/installed/$wanted" 2>/dev/null || true
