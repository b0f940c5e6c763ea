#include "base/csv.h"

#include <stdbool.h>
#include <string.h>

void
csv_open(struct csv *csv, char *text, size_t size)
{
    static const char mark[] = "\xEF\xBB\xBF";
    size_t skip = size >= 3 && !memcmp(text, mark, 3) ? 3 : 0;

    *csv = (struct csv){ .at = text + skip, .end = text + size, .next_line = 1 };
}

static bool
at_line_end(const struct csv *csv)
{
    return csv->at == csv->end || *csv->at == '\r' || *csv->at == '\n';
}

/* Skips one line break. */
static void
pass_line_end(struct csv *csv)
{
    if (csv->at == csv->end)
        return;
    csv->at += csv->at + 1 < csv->end && csv->at[0] == '\r' && csv->at[1] == '\n' ? 2 : 1;
    csv->next_line++;
}

/* Moves the text forward over its quotes. False: no closing quote. */
static bool
read_quoted(struct csv *csv, char **last)
{
    char *to = csv->at++;

    for (;; csv->at++) {
        if (csv->at == csv->end)
            return false;
        if (*csv->at == '"' && csv->at + 1 < csv->end && csv->at[1] == '"')
            csv->at++;
        else if (*csv->at == '"')
            break;
        csv->next_line += *csv->at == '\n';
        *to++ = *csv->at;
    }
    csv->at++;
    *last = to;
    return true;
}

/* Moves csv->at behind the field; *last is the place of its NUL. */
static bool
read_field(struct csv *csv, char **field, char **last)
{
    *field = csv->at;
    if (csv->at < csv->end && *csv->at == '"')
        return read_quoted(csv, last) && (at_line_end(csv) || *csv->at == ',');
    while (!at_line_end(csv) && *csv->at != ',')
        csv->at++;
    *last = csv->at;
    return true;
}

enum csv_result
csv_read(struct csv *csv, char **fields, size_t room, size_t *count)
{
    *count = 0;
    while (csv->at < csv->end && at_line_end(csv))
        pass_line_end(csv);
    csv->line = csv->next_line;
    if (csv->at == csv->end)
        return CSV_END;
    for (;;) {
        char *field, *last;
        if (!read_field(csv, &field, &last))
            return CSV_MALFORMED;
        if (*count < room)
            fields[*count] = field;
        ++*count;
        bool more = csv->at < csv->end && *csv->at == ',';
        if (more)
            csv->at++;
        else
            pass_line_end(csv);
        *last = '\0'; /* last: it may overwrite the comma or the line break */
        if (!more)
            return CSV_RECORD;
    }
}
