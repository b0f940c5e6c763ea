#include "edge/http/table_columns.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/unicode.h"

enum { FOUND_MOST_BYTES = 100, HEADER_SHOWN_BYTES = 30 };

/* Another column of a table: it is known, and is passed over. */
enum { PASSED_OVER = TABLE_NO_COLUMN, UNKNOWN = -2 };

/* The letters and digits of a header, folded. */
static void
fold_header(char out[UNICODE_FOLDED_SIZE], const char *text)
{
    char folded[UNICODE_FOLDED_SIZE];
    size_t size = 0;

    unicode_fold(folded, text, strlen(text));
    for (const char *at = folded; *at; at++) {
        bool kept = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9') || *at < 0;
        if (kept)
            out[size++] = *at;
    }
    out[size] = '\0';
}

/* A name of the form in any case. */
static int
column_of_name(const struct table_form *form, const char *text)
{
    size_t length = strlen(text);

    text_trim(&text, &length);
    for (int i = 0; i < form->column_count; i++)
        if (text_equal_nocase(text, length, form->columns[i]))
            return i;
    return UNKNOWN;
}

static bool
is_taken(const struct table *table, int column)
{
    for (size_t i = 0; i < table->width; i++)
        if (table->meaning[i] == column)
            return true;
    return false;
}

/* Words come in their order, so a better one takes its column first. */
static void
guess_by_words(struct table *table)
{
    char folded[UNICODE_FOLDED_SIZE];

    for (size_t w = 0; w < table->form->word_count; w++) {
        const struct table_word *word = &table->form->words[w];
        for (size_t i = 0; i < table->width; i++) {
            if (table->meaning[i] != UNKNOWN)
                continue;
            fold_header(folded, table->fields[i]);
            if (!strcmp(folded, word->word)
                && (word->column == TABLE_NO_COLUMN || !is_taken(table, word->column)))
                table->meaning[i] = word->column;
        }
    }
}

static void
guess_by_data(struct table *table)
{
    size_t first = 0;

    while (first < table->width && !table->form->is_first(table->fields[first]))
        first++;
    for (size_t i = 0; i < table->width; i++)
        table->meaning[i] = UNKNOWN;
    first = first < table->width ? first : 0;
    if (table->width == 0)
        return;
    table->meaning[first] = 0;
    size_t beside = first + 1 < table->width ? first + 1 : first - 1;
    if (beside < table->width && table->form->column_count > 1)
        table->meaning[beside] = 1;
}

void
table_columns_guess(struct table *table)
{
    if (!table->header) {
        guess_by_data(table);
        return;
    }
    for (size_t i = 0; i < table->width; i++) {
        size_t blank = strspn(table->fields[i], " \t");
        table->meaning[i] = table->fields[i][blank] ? column_of_name(table->form, table->fields[i])
                                                    : PASSED_OVER;
    }
    guess_by_words(table);
}

enum status
table_columns_listed(struct table *table, const char *list, struct fault *fault)
{
    for (size_t i = 0; *list && i < TABLE_MOST_COLUMNS; i++) {
        size_t length = strcspn(list, ",");
        int column = 0;
        while (column < table->form->column_count
               && !text_equal_nocase(list, length, table->form->columns[column]))
            column++;
        if (length > 0 && column == table->form->column_count)
            return fail(fault, STATUS_MALFORMED, "unknown_field", "columns",
                        "column %zu is not one of %s", i + 1, table->form->wanted);
        table->meaning[i] = length > 0 ? column : PASSED_OVER;
        if (length > 0 && i >= table->width)
            table->width = i + 1;
        list += length + (list[length] == ',');
    }
    return STATUS_OK;
}

/* Quotes the headers, as many as fit. */
static void
list_found(char out[FOUND_MOST_BYTES + 1], const struct table *table)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < table->width; i++) {
        char one[HEADER_SHOWN_BYTES + 8];
        const char *text = table->fields[i];
        size_t length = strlen(text), shown = 0;
        text_trim(&text, &length);
        while (shown < length) { /* whole characters */
            size_t bytes = utf8_character(text + shown, length - shown);
            if (bytes == 0 || shown + bytes > HEADER_SHOWN_BYTES)
                break;
            shown += bytes;
        }
        int size = snprintf(one, sizeof one, "%s\"%.*s\"", i ? ", " : "", (int)shown, text);
        if (used + (size_t)size + 4 > FOUND_MOST_BYTES) {
            memcpy(out + used, ", ...", 6);
            return;
        }
        memcpy(out + used, one, (size_t)size + 1);
        used += (size_t)size;
    }
}

static enum status
check_unknown(const struct table *table, struct fault *fault)
{
    char found[FOUND_MOST_BYTES + 4];
    size_t place = 0;

    while (place < table->width && table->meaning[place] != UNKNOWN)
        place++;
    if (place == table->width)
        return STATUS_OK;
    list_found(found, table);
    return fail(fault, STATUS_MALFORMED, "unknown_field", "",
                "column %zu is not one of %s: the columns are %s", place + 1, table->form->wanted,
                found);
}

static enum status
check_repeated(const struct table *table, struct fault *fault)
{
    for (size_t i = 0; i < table->width; i++)
        for (size_t j = 0; j < i && table->meaning[i] >= 0; j++)
            if (table->meaning[i] == table->meaning[j])
                return fail(fault, STATUS_INVALID, "", table->form->columns[table->meaning[i]],
                            "the column %s appears twice", table->form->columns[table->meaning[i]]);
    return STATUS_OK;
}

enum status
table_columns_check(const struct table *table, bool listed, struct fault *fault)
{
    const char *first = table->form->columns[0];
    char found[FOUND_MOST_BYTES + 4];

    if (is_taken(table, 0)) {
        enum status status = listed ? STATUS_OK : check_unknown(table, fault);
        return status ? status : check_repeated(table, fault);
    }
    if (listed)
        return fail(fault, STATUS_INVALID, "field_missing", first, "columns does not list %s",
                    first);
    if (table->width == 0)
        return fail(fault, STATUS_INVALID, "field_missing", first,
                    "the table is empty: its first row has to name the columns");
    list_found(found, table);
    return fail(fault, STATUS_INVALID, "field_missing", first,
                "the first row has to name the columns: %s; the columns are %s",
                table->form->wanted, found);
}
