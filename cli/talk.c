/* talk.c -- stderr, terminals and small files. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* A line of standard output is missing, for want of memory. */
static bool lost;

bool
cli_lost_line(void)
{
    return lost;
}

static void
say(FILE *f, const char *before, const char *fmt, va_list ap)
{
    char *text;
    int n = vasprintf(&text, fmt, ap);

    fputs(before, f);
    if (n < 0) {
        lost |= f == stdout;
        fputs("out of memory\n", stderr);
        return;
    }
    (void)eqlvm_show(text, (size_t)n, EQLVM_SHOW_LINE, cli_write, f);
    fputc('\n', f);
    free(text);
}

void
cli_say(FILE *f, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(f, "", fmt, ap);
    va_end(ap);
}

void
cli_error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    say(stderr, "eqlvm: ", fmt, ap);
    va_end(ap);
}

int
cli_written(eqlvm_status s)
{
    if (s == EQLVM_OK || s == EQLVM_ERR_STOPPED)
        return CLI_OK;
    cli_error("%s", eqlvm_status_name(s));
    return CLI_IO;
}

bool
cli_write_lines(void *file, const char *p, size_t len)
{
    return eqlvm_show(p, len, EQLVM_SHOW_LINES, cli_write, file) == EQLVM_OK;
}

bool
cli_use_colour(int choice, FILE *f)
{
    const char *no = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    if (choice)
        return choice == 1;
    return isatty(fileno(f)) && !(no && *no) &&
           !(term && strcmp(term, "dumb") == 0);
}

unsigned
cli_width(FILE *f)
{
    struct winsize w;

    if (!isatty(fileno(f)))
        return 0;
    if (ioctl(fileno(f), TIOCGWINSZ, &w) != 0 || w.ws_col == 0)
        return 80;
    return w.ws_col;
}

bool
cli_write(void *file, const char *p, size_t len)
{
    return fwrite(p, 1, len, file) == len;
}

void
cli_write_json(FILE *f, const char *p, size_t len)
{
    size_t from = 0;

    /* What must be escaped, and what else no terminal should see. */
    putc('"', f);
    for (size_t i = 0; i <= len; i++) {
        bool end = i == len, control = !end && (unsigned char)p[i] < 0x20;

        if (!end && !control && p[i] != '"' && p[i] != '\\')
            continue;
        (void)eqlvm_show(p + from, i - from, EQLVM_SHOW_JSON, cli_write, f);
        from = i + 1;
        if (control)
            fprintf(f, "\\u%04x", (unsigned)p[i]);
        else if (!end)
            fprintf(f, "\\%c", p[i]);
    }
    putc('"', f);
}

char *
cli_read_file(const char *path, size_t *len)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "rb");
    char *text = NULL;
    size_t cap = 0;

    *len = 0;
    while (f) {
        if (*len + 1 >= cap) {
            char *grown = realloc(text, cap = cap ? 2 * cap : 65536);

            if (!grown)
                break;
            text = grown;
        }
        *len += fread(text + *len, 1, cap - *len - 1, f);
        if (feof(f)) {
            text[*len] = 0;
            if (!is_stdin)
                fclose(f);
            return text;
        }
        if (ferror(f))
            break;
    }
    cli_error("cannot read %s: %s", is_stdin ? "standard input" : path,
              strerror(errno));
    if (f && !is_stdin)
        fclose(f);
    free(text);
    return NULL;
}
