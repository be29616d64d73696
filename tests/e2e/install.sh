# install.sh -- make install, and a program of another project built on it.
. tests/support/e2e.sh

# The options of a make that runs this script are not for the one below.
unset MAKEFLAGS MFLAGS MAKELEVEL
if ! make -s install BUILD="$(basename "${EQL_BUILD:-build/release}")" DESTDIR="$tmp/stage" PREFIX=/usr >"$tmp/out" 2>"$tmp/err"; then
    not_ok 'make install'
    exit 1
fi
ok 'make install'
cat >"$tmp/embed.c" <<'C'
#include <eqlvm/eqlvm.h>
#include <stdio.h>
#include <string.h>

static bool
on_alert(void *ctx, const eqlvm_alert *a)
{
    (void)ctx;
    printf("%s %.*s\n", eqlvm_severity_name(a->severity),
           (int)a->stages[0].event.len, a->stages[0].event.p);
    return true;
}

int
main(void)
{
    static const char query[] = "process where process.name : \"cmd.exe\"";
    static const char event[] =
        "{\"event\":{\"category\":\"process\"},\"process\":{\"name\":\"CMD.EXE\"}}";
    eqlvm_compiler *c = eqlvm_compiler_new(NULL);
    eqlvm_program *p = NULL;
    eqlvm_engine *e;

    eqlvm_compiler_add_query(c, "demo", query, strlen(query));
    if (eqlvm_compiler_finish(c, &p) != EQLVM_OK)
        return 1;
    e = eqlvm_engine_new(p, NULL, on_alert, NULL, NULL, 0);
    eqlvm_engine_push(e, "memory", event, strlen(event));
    eqlvm_engine_finish(e);
    eqlvm_engine_free(e);
    eqlvm_program_free(p);
    eqlvm_compiler_free(c);
    return 0;
}
C
san=
case ${EQL_BUILD:-} in *asan) san=-fsanitize=address,undefined ;; *tsan) san=-fsanitize=thread ;; esac
if gcc -std=c11 -Wall -Wextra -Werror $san -I"$tmp/stage/usr/include" -o "$tmp/embed" "$tmp/embed.c" \
    -L"$tmp/stage/usr/lib" -leqlvm >"$tmp/out" 2>"$tmp/err" &&
    LD_LIBRARY_PATH="$tmp/stage/usr/lib" "$tmp/embed" >"$tmp/out" 2>"$tmp/err" &&
    grep -q 'CMD.EXE' "$tmp/out"; then
    ok 'a C program on the shared library'
else
    not_ok 'a C program on the shared library'
fi
if printf '#include <eqlvm/eqlvm.h>\nint main() { return eqlvm_version()[0] == 0; }\n' >"$tmp/x.cc" &&
    g++ -std=c++17 -Wall -Wextra -Werror $san -I"$tmp/stage/usr/include" -o "$tmp/x" "$tmp/x.cc" \
        -L"$tmp/stage/usr/lib" -leqlvm >"$tmp/out" 2>"$tmp/err" &&
    LD_LIBRARY_PATH="$tmp/stage/usr/lib" "$tmp/x"; then
    ok 'the header in C++'
else
    not_ok 'the header in C++'
fi
for f in usr/bin/eqlvm usr/lib/libeqlvm.a usr/lib/libeqlvm.so usr/lib/pkgconfig/eqlvm.pc \
    usr/share/man/man1/eqlvm.1 usr/share/bash-completion/completions/eqlvm \
    usr/share/zsh/site-functions/_eqlvm usr/share/fish/vendor_completions.d/eqlvm.fish; do
    if [ -s "$tmp/stage/$f" ]; then ok "installed: $f"; else not_ok "installed: $f"; fi
done

# What the shared library exports is what the header declares.
nm -D --defined-only "$tmp/stage/usr/lib/libeqlvm.so" | awk '{ print $3 }' |
    grep -v -e asan -e tsan -e ubsan | sort >"$tmp/exported"
grep -v '^eqlvm_' "$tmp/exported" >"$tmp/out"
: >"$tmp/err"
if [ -s "$tmp/exported" ] && [ ! -s "$tmp/out" ]; then
    ok 'the library exports its own names only'
else
    not_ok 'the library exports its own names only'
fi
grep -o 'eqlvm_[a-z_0-9]*(' include/eqlvm/eqlvm.h | tr -d '(' | grep -v '_fn$' |
    grep -xF -f - "$tmp/exported" >"$tmp/declared"
same 'and all of them are in the header' "$tmp/exported" "$tmp/declared"

# Directories as packagers and users give them.
b=$(basename "${EQL_BUILD:-build/release}")
make -s install BUILD="$b" DESTDIR="$tmp/multi" PREFIX=/opt/eqlvm LIBDIR=/opt/eqlvm/lib/arch \
    BINDIR=/opt/bin >"$tmp/out" 2>"$tmp/err"
for f in opt/bin/eqlvm opt/eqlvm/lib/arch/libeqlvm.so.0 opt/eqlvm/lib/arch/pkgconfig/eqlvm.pc; do
    if [ -e "$tmp/multi/$f" ]; then ok "LIBDIR and BINDIR: $f"; else not_ok "LIBDIR and BINDIR: $f"; fi
done
if grep -qx 'libdir=/opt/eqlvm/lib/arch' "$tmp/multi/opt/eqlvm/lib/arch/pkgconfig/eqlvm.pc"; then
    ok 'eqlvm.pc names LIBDIR'
else
    not_ok 'eqlvm.pc names LIBDIR'
fi
make -s uninstall BUILD="$b" DESTDIR="$tmp/multi" PREFIX=/opt/eqlvm LIBDIR=/opt/eqlvm/lib/arch \
    BINDIR=/opt/bin >"$tmp/out" 2>"$tmp/err"
find "$tmp/multi" -type f -o -type l >"$tmp/out"
if [ ! -s "$tmp/out" ]; then ok 'uninstall leaves nothing'; else not_ok 'uninstall leaves nothing'; fi

# Without DESTDIR, what is left to do is said.
make -s install BUILD="$b" PREFIX="$tmp/local" >"$tmp/out" 2>"$tmp/err"
code=$?
expect 'install says that PATH lacks the program' 0 "$tmp/local/bin is not in PATH"
expect 'install says what the loader needs' 0 'ldconfig|LD_LIBRARY_PATH'

# Flags of the environment and of the command line come after ours.
for how in environment command; do
    case $how in
    environment) CPPFLAGS=-DSEEN_CPP CFLAGS=-DSEEN_C LDFLAGS=-Wl,--seen-ld \
        make -n B="$tmp/none" V=1 all >"$tmp/out" 2>"$tmp/err" ;;
    command) make -n B="$tmp/none" V=1 CPPFLAGS=-DSEEN_CPP CFLAGS=-DSEEN_C \
        LDFLAGS=-Wl,--seen-ld all >"$tmp/out" 2>"$tmp/err" ;;
    esac
    code=$?
    expect "make takes flags from the $how" 0 \
        '-fvisibility=hidden.*-DSEEN_CPP|-DSEEN_CPP.*-fvisibility=hidden' \
        '-O[0-9a-z]* .*-DSEEN_C -c' '-Wl,--seen-ld.*libeqlvm\.so'
done
