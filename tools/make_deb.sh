#!/bin/sh
# make_deb.sh VERSION -- Debian packages of HEAD in build/deb, checked by lintian.
#
# Needs dpkg-dev, debhelper and lintian, and installs nothing.  The library's
# tests are run as part of it; DEB_BUILD_OPTIONS=nocheck leaves them out.
set -eu
version=$1
for tool in dpkg-buildpackage dh lintian; do
    command -v "$tool" >/dev/null || {
        echo "deb: no $tool; apt-get install dpkg-dev debhelper lintian" >&2
        exit 1
    }
done
dir=build/deb
rm -rf "$dir"
mkdir -p "$dir"
git archive --prefix="eqlvm-$version/" HEAD . ':!packaging' |
    gzip -9n >"$dir/eqlvm_$version.orig.tar.gz"
tar -xzf "$dir/eqlvm_$version.orig.tar.gz" -C "$dir"
git archive HEAD:packaging debian | tar -x -C "$dir/eqlvm-$version"
(cd "$dir/eqlvm-$version" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS \
    dpkg-buildpackage --no-sign --build=full >../build.log 2>&1) || {
    tail -n 30 "$dir/build.log" >&2
    echo "deb: the build failed; $dir/build.log has all of it" >&2
    exit 1
}
lintian --allow-root --fail-on error,warning --info "$dir"/*.changes
rm -rf "$dir/eqlvm-$version"
ls "$dir"/*.deb
