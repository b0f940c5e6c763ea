/* csv_open.c - how a table is separated, before its first record is read. */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/csv.h"
#include "base/csv_lex.h"

enum { LOOKED_AT = 20, CANDIDATES = 3 };

static const char candidates[CANDIDATES + 1] = "\t;,"; /* of two that fit, the first is taken */

size_t
csv_blanks(const char *at, const char *end, char separator)
{
    const char *from = at;

    while (at < end && *at != separator && (*at == ' ' || *at == '\t'))
        at++;
    return (size_t)(at - from);
}

size_t
csv_line_break(const char *at, const char *end)
{
    if (at == end || (*at != '\r' && *at != '\n'))
        return 0;
    return at + 1 < end && at[0] == '\r' && at[1] == '\n' ? 2 : 1;
}

/* The end of a quoted field that begins at `at`; `end`: it is not closed. */
static const char *
pass_quoted(const char *at, const char *end)
{
    for (at++; at < end; at++) {
        if (*at == '"' && at + 1 < end && at[1] == '"')
            at++;
        else if (*at == '"')
            return at + 1;
    }
    return end;
}

/* The end of a record, before its line break; adds its separators and shows whether it holds
 * anything but blanks. */
static const char *
pass_record(const char *at, const char *end, char separator, size_t *separators, bool *blank)
{
    bool field_begins = true;

    *separators = 0;
    *blank = true;
    while (at < end && !csv_line_break(at, end)) {
        if (field_begins)
            at += csv_blanks(at, end, separator);
        if (at == end || csv_line_break(at, end))
            break;
        bool quoted = field_begins && *at == '"';
        field_begins = *at == separator;
        *separators += field_begins;
        *blank = *blank && (field_begins || (*at == ' ' || *at == '\t'));
        at = quoted ? pass_quoted(at, end) : at + 1;
    }
    return at;
}

/* How often a separator stands in the first record, at least in each of the first ones, and in all
 * of them. */
struct trial {
    size_t first, least, all;
};

static struct trial
try_separator(const char *at, const char *end, char separator)
{
    struct trial trial = { 0 };
    bool blank;

    for (size_t seen = 0; seen < LOOKED_AT && at < end;) {
        size_t found;
        at = pass_record(at, end, separator, &found, &blank);
        at += csv_line_break(at, end);
        trial.all += found;
        if (blank)
            continue;
        if (seen == 0)
            trial.first = found;
        trial.least = seen == 0 || found < trial.least ? found : trial.least;
        seen++;
    }
    return trial;
}

static bool
is_better(struct trial a, struct trial b)
{
    if (a.least != b.least)
        return a.least > b.least;
    return a.first != b.first ? a.first > b.first : a.all > b.all;
}

static char
detect(const char *at, const char *end)
{
    struct trial best = { 0 };
    char separator = ',';

    for (size_t i = 0; i < CANDIDATES; i++) {
        struct trial trial = try_separator(at, end, candidates[i]);
        if (is_better(trial, best)) {
            best = trial;
            separator = candidates[i];
        }
    }
    return separator;
}

/* The length of a line such as "sep=;" with its break; 0: there is none. Excel does not show it. */
static size_t
separator_line(const char *at, const char *end, char *separator)
{
    const char *from = at;
    bool quoted = at < end && *at == '"';

    at += quoted;
    if (end - at < 5 || strncasecmp(at, "sep=", 4) != 0 || !strchr(",;\t|:", at[4]))
        return 0;
    *separator = at[4];
    at += 5;
    at += quoted && at < end && *at == '"';
    size_t line_break = csv_line_break(at, end);
    return at < end && line_break == 0 ? 0 : (size_t)(at - from) + line_break;
}

/* Sets the separator and returns the place of the first record. */
static size_t
find_records(const char *text, size_t size, char *separator)
{
    size_t skip = size >= 3 && !memcmp(text, CSV_MARK, 3) ? 3 : 0;
    size_t line = separator_line(text + skip, text + size, separator);

    if (line == 0)
        *separator = detect(text + skip, text + size);
    return skip + line;
}

void
csv_open(struct csv *csv, char *text, size_t size)
{
    char separator;
    size_t first = find_records(text, size, &separator);

    *csv = (struct csv){ .at = text + first, .end = text + size, .separator = separator };
}

int64_t
csv_row_behind(const char *text, size_t size)
{
    char separator;
    const char *at = text + find_records(text, size, &separator), *end = text + size;
    size_t separators;
    int64_t row = 1;
    bool blank;

    while (at < end) {
        at = pass_record(at, end, separator, &separators, &blank);
        row += at < end;
        at += csv_line_break(at, end);
    }
    return row;
}
