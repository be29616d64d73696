#!/bin/sh
# prepare.sh yardstick|valgrind -- installs what a benchmark needs and the
# program does not (docs/dependencies.md).
set -eu
case ${1:-} in
yardstick) packages='libsimdjson-dev python3' ;;
valgrind) packages='valgrind python3' ;;
*)
    sed -n '2,3s/^# //p' "$0"
    exit 2
    ;;
esac
missing=
for p in $packages; do
    dpkg-query -W -f='${Status}' "$p" 2>/dev/null |
        grep -q 'install ok installed' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
sudo=
[ "$(id -u)" -eq 0 ] || sudo=sudo
echo "installing with apt-get:$missing" >&2
$sudo apt-get update -qq
$sudo env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $missing >&2
