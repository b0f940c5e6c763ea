#include "base/csv.h"

#include <string.h>

static void
put_field(struct buffer *out, const char *text)
{
    bool formula = *text && strchr("=+-@\t\r", *text);
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (quoted)
        buffer_text(out, "\"");
    if (formula)
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
