#include "base/csv.h"

#include <stdbool.h>
#include <string.h>

#include "base/csv_lex.h"

static bool
csv_line_ends(const struct csv *csv)
{
    return csv->at == csv->end || *csv->at == '\r' || *csv->at == '\n';
}

static bool
csv_separates(const struct csv *csv)
{
    return csv->at < csv->end && *csv->at == csv->separator;
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
    char *begin = csv->at + csv_blanks(csv->at, csv->end, csv->separator);

    if (begin < csv->end && *begin == '"') {
        csv->at = *field = begin;
        if (!read_quoted(csv, last))
            return false;
        csv->at += csv_blanks(csv->at, csv->end, csv->separator);
        return csv_line_ends(csv) || csv_separates(csv);
    }
    *field = csv->at;
    while (!csv_line_ends(csv) && !csv_separates(csv))
        csv->at++;
    *last = csv->at;
    return true;
}

/* Undoes the apostrophe of csv_put_row(). */
static char *
without_guard(char *field)
{
    return *field == '\'' && csv_is_formula(field) ? field + 1 : field;
}

static bool
is_blank_field(const char *field)
{
    return field[strspn(field, " \t")] == '\0';
}

static enum csv_result
read_record(struct csv *csv, char **fields, size_t room, size_t *count)
{
    bool blank = true, more = true;

    for (*count = 0; more; ++*count) {
        char *field, *last;
        if (!read_field(csv, &field, &last))
            return CSV_MALFORMED;
        more = csv_separates(csv);
        csv->at += more ? 1 : csv_line_break(csv->at, csv->end);
        *last = '\0'; /* last: it may overwrite the separator or the line break */
        blank = blank && is_blank_field(field);
        if (*count < room)
            fields[*count] = without_guard(field);
    }
    return blank ? CSV_END : CSV_RECORD;
}

enum csv_result
csv_read(struct csv *csv, char **fields, size_t room, size_t *count)
{
    enum csv_result result = CSV_END;

    *count = 0;
    while (result == CSV_END && csv->at < csv->end) {
        csv->row++;
        result = read_record(csv, fields, room, count);
    }
    return result;
}
