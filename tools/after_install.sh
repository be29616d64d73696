#!/bin/sh
# after_install.sh DESTDIR LIBDIR BINDIR -- says what is left to do before the
# program and the library are found; nothing when all is well, or when
# installing into a stage.
set -eu
destdir=$1 libdir=$2 bindir=$3
[ -z "$destdir" ] || exit 0
case :$PATH: in
*:"$bindir":*) ;;
*) echo "eqlvm: $bindir is not in PATH: PATH=$bindir:\$PATH" >&2 ;;
esac
# The loader's cache knows a new library only after ldconfig.
ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)
if [ "$(id -u)" -eq 0 ] && [ -x "$ldconfig" ]; then
    "$ldconfig"
fi
if [ -x "$ldconfig" ] && ! "$ldconfig" -p 2>/dev/null | grep -q "$libdir/libeqlvm.so"; then
    echo "eqlvm: the loader does not know $libdir/libeqlvm.so yet: run ldconfig as root," >&2
    echo "eqlvm: or set LD_LIBRARY_PATH=$libdir for programs that use the library" >&2
fi
