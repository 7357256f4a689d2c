#!/usr/bin/env bash
# Builds the image of the Dockerfile and tries it, without a container engine and
# without a registry: Debian's buildah builds in a chroot, on a stand-in base made
# by debootstrap, with this machine's own Go and the modules that it has.
#
#   apt-get install --no-install-recommends buildah debootstrap
#   scripts/image.sh
#
# With BASE=busybox (packages busybox-static and fonts-noto-cjk) the base is made in a second and
# without the network, but is less like a real one. DEBIAN_MIRROR and
# DEBIAN_SUITE say which Debian debootstrap takes.
#
# It needs root, writes only below a temporary folder, and removes that folder in
# the end, whatever happens.
set -euo pipefail
cd "$(dirname "$0")/.."

kind=${BASE:-debootstrap}
case $kind in
debootstrap) tools="buildah debootstrap" ;;
busybox) tools="buildah busybox" ;;
*) echo "BASE is debootstrap or busybox" >&2; exit 2 ;;
esac
PATH=$PATH:/usr/sbin:/sbin
for tool in $tools go; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install --no-install-recommends buildah debootstrap busybox-static" >&2; exit 1; }
done

work=$(mktemp -d)
export TMPDIR=$work/tmp XDG_RUNTIME_DIR=$work/run BUILDAH_ISOLATION=chroot BUILDAH_FORMAT=docker
mkdir -m 700 "$work/tmp" "$work/run"
serving=
buildah() { command buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs "$@"; }
fail() { echo "image: $*" >&2; exit 1; }

cleanup() {
  code=$?
  trap - EXIT
  set +e
  if [ -n "$serving" ]; then
    for pid in $(descendants "$serving") "$serving"; do kill -KILL "$pid"; done 2>/dev/null
    wait "$serving" 2>/dev/null
  fi
  [ $code = 0 ] || { tail -n 40 "$work"/*.log; } 2>/dev/null
  buildah rm --all >/dev/null 2>&1
  rm -rf --one-file-system "$work"
  exit $code
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# descendants are the processes below a process, deepest last.
descendants() {
  local child
  for child in $(awk -v parent="$1" '/^Pid:/ {pid = $2} /^PPid:/ && $2 == parent {print pid}' /proc/[0-9]*/status 2>/dev/null); do
    echo "$child"
    descendants "$child"
  done
}

# program is the process of the binary itself below a process.
program() {
  local pid
  for pid in $(descendants "$1"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dangshi ] && { echo "$pid"; return; }
  done
  return 1
}

# get asks the published port for a path and prints status line and body.
get() {
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
  cat <&3
  exec 3>&-
}

# inside runs the image's own command line in the container, as its user.
inside() { buildah run --env "DANGSHI_ADDR=$addr" "$container" -- /dangshi "$@"; }

# debian fills a folder with a small Debian and its certificates.
debian() {
  debootstrap --variant=minbase --include=ca-certificates,fonts-noto-cjk "${DEBIAN_SUITE:-bookworm}" "$1" \
    "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" >"$work/debootstrap.log" 2>&1 || fail "debootstrap failed"
}

# busy fills a folder with busybox and this machine's certificates and font.
busy() {
  mkdir -p "$1"/{bin,root,tmp,etc/ssl/certs}
  cp "$(command -v busybox)" "$1/bin/busybox"
  busybox --list | while read -r name; do [ "$name" = busybox ] || ln -s busybox "$1/bin/$name"; done
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$1/etc/passwd"
  cp -L "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$1/etc/ssl/certs/ca-certificates.crt"
  mkdir -p "$1/usr/share/fonts/opentype/noto" "$1/usr/share/doc/fonts-noto-cjk"
  cp /usr/share/fonts/opentype/noto/NotoSerifCJK-{Regular,Bold}.ttc "$1/usr/share/fonts/opentype/noto/"
  cp /usr/share/doc/fonts-noto-cjk/copyright "$1/usr/share/doc/fonts-noto-cjk/"
}

echo "-- stand-in base: $kind"
go mod download
base=$work/base
case $kind in debootstrap) debian "$base" ;; busybox) busy "$base" ;; esac
mkdir -p "$base/go" "$base/usr/local/go"
container=$(buildah from scratch)
buildah copy -q "$container" "$base" / >/dev/null
buildah config --env PATH=/usr/local/go/bin:/usr/bin:/bin --env GOPATH=/go --env GOTOOLCHAIN=local "$container"
buildah commit -q "$container" localhost/stand-in >/dev/null
buildah rm "$container" >/dev/null
rm -rf --one-file-system "$base"
based=$SECONDS

echo "-- build"
# The modules come from this machine's cache, through the proxy protocol: the
# stage downloads and unpacks them as it does anywhere else; go.sum is compared.
# What was compiled before is not compiled again.
buildah bud --isolation chroot --network host --pull-never \
  --volume "$(go env GOROOT):/usr/local/go:ro" \
  --volume "$(go env GOMODCACHE)/cache/download:/modules:ro" \
  --volume "$(go env GOCACHE):/root/.cache/go-build" \
  --build-arg BUILD_IMAGE=localhost/stand-in --build-arg RUN_IMAGE=scratch \
  --build-arg GOPROXY=file:///modules --build-arg GOSUMDB=off \
  --tag localhost/dangshi . >"$work/build.log" 2>&1 || fail "the build failed"
built=$((SECONDS - based))

echo "-- run"
container=$(buildah from --pull-never localhost/dangshi)
config=$(buildah inspect --format '{{.Docker.Config.User}} {{.Docker.Config.Entrypoint}} {{.Docker.Config.Cmd}} {{.Docker.Config.Healthcheck.Test}}' "$container")
[ "$config" = "10001:10001 [/dangshi] [serve] [CMD /dangshi health]" ] || fail "user, command or health check are not what they should be: $config"
addr=127.0.0.1:0
inside serve >"$work/serve.log" 2>&1 &
serving=$!
for _ in {1..300}; do
  port=$(sed -n 's|.*http://localhost:\([0-9]*\)/wechat.*|\1|p' "$work/serve.log")
  [ -n "$port" ] && break
  kill -0 "$serving" 2>/dev/null || fail "serve ended"
  sleep 0.1
done
[ -n "$port" ] || fail "serve does not start"
addr=127.0.0.1:$port
cat "$work/serve.log"
get /readyz >"$work/readyz.log"
head -n 1 "$work/readyz.log"
grep -q '^HTTP/1.. 200' "$work/readyz.log" || fail "/readyz does not answer"
inside health || fail "the health check fails on a serve that is well"
pid=$(program "$serving") || fail "no process of serve"
[ "$(awk '/^Uid:/ {print $2, $3}' "/proc/$pid/status")" = "10001 10001" ] || fail "serve runs as another user"

echo "-- stop"
kill -TERM "$pid"
wait "$serving" && code=0 || code=$?
serving=
[ $code = 0 ] || fail "after SIGTERM serve ended with $code"
if inside health >/dev/null 2>&1; then fail "the health check passes though nothing runs"; fi
# The volume outlives the process: the store is kept, and opens again.
store=$(find "$work/storage" -name store.resp -size +0)
[ -n "$store" ] || fail "nothing was kept in /data"
[ "$(stat -c %u "$store")" = 10001 ] || fail "the store belongs to another user"
inside board verify || fail "the store does not open again"

echo "image: $(buildah images --format '{{.Size}}' localhost/dangshi), base in ${based} s, built in ${built} s, all in ${SECONDS} s"
