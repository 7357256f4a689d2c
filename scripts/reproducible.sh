#!/usr/bin/env bash
# Builds the program twice, in two folders, and compares: the same source and the
# same Go give the same bytes, so that anyone can see what a binary was made of.
#
#   scripts/reproducible.sh            # prints the SHA-256
#   FRESH=1 scripts/reproducible.sh    # compiles everything anew each time: minutes
#
# It writes only below a temporary folder, and removes it.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
export CGO_ENABLED=0 GOFLAGS=-buildvcs=false

# build copies what git knows, or the whole folder without it, and builds there as
# the Dockerfile does.
build() {
  mkdir -p "$1"
  if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -T - -cf - 2>/dev/null | tar -xf - -C "$1"
  else
    cp -R . "$1"
  fi
  (
    cd "$1"
    [ -z "${FRESH:-}" ] || export GOCACHE=$1.cache
    go build -trimpath -ldflags="-s -w" -o "$1/dangshi.bin" ./cmd/dangshi
  )
  [ -s "$1/dangshi.bin" ]
}

build "$work/one"
build "$work/a/folder of another name"
if ! cmp "$work/one/dangshi.bin" "$work/a/folder of another name/dangshi.bin"; then
  echo "reproducible: two builds of the same source differ" >&2
  exit 1
fi
if grep -aqF "$work" "$work/one/dangshi.bin"; then
  echo "reproducible: the binary names the folder it was built in" >&2
  exit 1
fi
sha256sum <"$work/one/dangshi.bin" | cut -d ' ' -f 1
