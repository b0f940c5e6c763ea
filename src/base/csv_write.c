#include <string.h>

#include "base/csv.h"
#include "base/csv_lex.h"

bool
csv_is_formula(const char *text)
{
    text += strspn(text, "'");
    return *text && strchr("=+-@\t\r", *text);
}

static void
put_field(struct buffer *out, const char *text)
{
    bool guarded = csv_is_formula(text);
    bool quoted = strpbrk(text, ",;\t\"\r\n") != NULL;

    if (quoted)
        buffer_text(out, "\"");
    if (guarded)
        buffer_text(out, "'");
    while (quoted && strchr(text, '"')) {
        size_t length = (size_t)(strchr(text, '"') - text) + 1;
        buffer_append(out, text, length);
        buffer_text(out, "\"");
        text += length;
    }
    buffer_text(out, text);
    if (quoted)
        buffer_text(out, "\"");
}

void
csv_put_row(struct buffer *out, const char *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buffer_text(out, ",");
        put_field(out, fields[i]);
    }
    buffer_text(out, "\r\n");
}
