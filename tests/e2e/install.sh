# install.sh -- make install, and a program of another project built on it.
. tests/support/e2e.sh

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
for f in usr/bin/eqlvm usr/lib/libeqlvm.a usr/lib/libeqlvm.so usr/lib/pkgconfig/eqlvm.pc usr/share/man/man1/eqlvm.1; do
    if [ -e "$tmp/stage/$f" ]; then ok "installed: $f"; else not_ok "installed: $f"; fi
done
