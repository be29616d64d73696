/* talk.c -- stderr, terminals and small files. */
#include "cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void
cli_error(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fputs("eqlvm: ", stderr);
    vfprintf(stderr, fmt, ap);
    fputc('\n', stderr);
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
    putc('"', f);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c == '"' || c == '\\')
            fprintf(f, "\\%c", c);
        else if (c < 0x20 || c == 0x7f)
            fprintf(f, "\\u%04x", c);
        else
            putc(c, f);
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
