#!/usr/bin/env bash
# Shows that dist/azcopy is enough by itself: makes the smallest Debian there is, puts nothing but the binary into it,
# and lets it copy a folder to an emulator and back from in there. Needs root (chroot) and Debian's debootstrap.
#
#   npm run build && sudo scripts/check-minimal-system.sh [suite]        suite: bookworm, the default, or another
set -euo pipefail
suite=${1:-bookworm}
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo "$0 needs root, for chroot" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "$0 needs debootstrap: apt-get install debootstrap" >&2; exit 1; }

system=$(mktemp -d)
emulator=
trap '[ -z "$emulator" ] || kill "$emulator"; rm -rf --one-file-system "$system"' EXIT
echo "making a minimal $suite in $system"
debootstrap --variant=minbase "$suite" "$system" >"$system/debootstrap.log" || { cat "$system/debootstrap.log" >&2; exit 1; }
cp dist/azcopy "$system/usr/local/bin/azcopy"
mkdir -p "$system/from/sub"
head -c 20000000 /dev/urandom >"$system/from/sub/large"
echo content >"$system/from/file.txt"

# The emulator runs out here; from in there it is reached over the loopback network, which chroot shares.
node_modules/.bin/node --input-type=module >"$system/url" <<'EMULATOR' &
import { startAzurite } from "./test/fakes/azurite.ts";
const azurite = await startAzurite();
await azurite.container("container").create();
console.log(`${azurite.accountUrl}/container ${azurite.sas()}`);
EMULATOR
emulator=$!
until [ -s "$system/url" ]; do kill -0 "$emulator"; sleep 0.2; done
read -r url sas <"$system/url"

# Neither /proc nor /dev is mounted: it works even so.
inside() { chroot "$system" /usr/bin/env -i PATH=/usr/local/bin:/usr/bin:/bin HOME=/root "$@"; }
inside azcopy --version
inside azcopy copy "/from/*" "$url?$sas" --recursive --from-to LocalBlob --output-level essential
inside azcopy copy "$url/*?$sas" /to --recursive --from-to BlobLocal --output-level essential
diff -r "$system/from" "$system/to"
echo "runs on a minimal $suite"
