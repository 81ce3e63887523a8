#!/bin/sh
# Makes sure of what the tests need from the system: Chromium, its driver and a Redis server.
# Where something is missing and apt-get may be used (root, or sudo without a password), it is installed;
# elsewhere one sentence says what to install, and the exit status is 1.
set -eu

have() { command -v "$1" >/dev/null 2>&1; }
have_chromium() { have chromium || [ -x "${DASH_TEST_CHROMEPATH:-}" ]; }

missing() {
    have_chromium || printf 'chromium '
    have chromedriver || printf 'chromium-driver '
    have redis-server || printf 'redis-server '
}

apt() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" </dev/null >&2
    fi
}
may_install() { have apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }

packages=$(missing)
[ -n "$packages" ] || exit 0

if may_install; then
    echo "Installing for the tests, with apt-get: $packages" >&2
    # A repository that does not answer need not be the one we need, so the install has the last word.
    apt update -qq || true
    # shellcheck disable=SC2086  # one word for each package
    apt install -qq -y --no-install-recommends $packages || true
    packages=$(missing)
    [ -n "$packages" ] || exit 0
fi
echo "The tests need these Debian packages, or the same programs on the path: ${packages% }." \
     "On Debian: sudo apt-get install --no-install-recommends ${packages% }" >&2
exit 1
