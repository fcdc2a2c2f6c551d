#!/usr/bin/env bash
# Shows that dist/azcopy is enough by itself: makes the smallest Debian system there is, puts nothing but the
# binary into it, and runs it there. Needs root (chroot) and the Debian package debootstrap.
#
#   npm run build && sudo scripts/check-minimal-system.sh [suite]        suite: bookworm, the default, or another
set -euo pipefail
suite=${1:-bookworm}
binary="$(dirname "$0")/../dist/azcopy"

[ "$(id -u)" = 0 ] || { echo "$0 needs root, for chroot" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "$0 needs debootstrap: apt-get install debootstrap" >&2; exit 1; }

system=$(mktemp -d)
trap 'rm -rf --one-file-system "$system"' EXIT
debootstrap --variant=minbase "$suite" "$system" >"$system.log" 2>&1 || { cat "$system.log" >&2; exit 1; }
rm -f "$system.log"
cp "$binary" "$system/usr/local/bin/azcopy"
mkdir "$system/from"
echo content >"$system/from/file.txt"

# Neither /proc nor /dev is mounted: it runs even so.
inside() { chroot "$system" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root "$@"; }
inside azcopy --version
inside azcopy copy --help >/dev/null
# Nobody listens at this port: the dry run lists the local folder and must not need the network.
inside azcopy copy /from "http://127.0.0.1:9/account/container" --recursive --dry-run --from-to LocalBlob
echo "runs on a minimal $suite"
