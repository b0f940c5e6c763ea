/* prop_csv.c - a table that a spreadsheet writes, in any dialect and charset, keeps every text; and
 * what we write comes back byte for byte. */
#include <string.h>
#include <unistr.h>

#include "base/charset.h"
#include "base/csv.h"
#include "support/check.h"
#include "support/random.h"

enum { ROUNDS = 3000, ROWS = 6, FIELDS = 2, TEXT_BYTES = 80, FILE_BYTES = 8000 };

struct some_table {
    char texts[ROWS][FIELDS][TEXT_BYTES];
    const char *fields[ROWS][FIELDS];
};

/* Any characters, with many of those that mean something. */
static void
some_text(struct random *random, char out[TEXT_BYTES])
{
    static const char special[] = "='+-@\"';,\t\r\n |'x ";
    size_t length = 0, characters = random_below(random, 12);

    for (size_t i = 0; i < characters; i++) {
        ucs4_t character = random_below(random, 2)
                               ? (ucs4_t)special[random_below(random, sizeof special - 1)]
                               : 1 + (ucs4_t)random_below(random, 0xFFFF);
        int size = u8_uctomb((uint8_t *)out + length, character, TEXT_BYTES - 1 - (int)length);
        length += size > 0 ? (size_t)size : 0;
    }
    out[length] = '\0';
}

/* The first field is never blank, so that no row is skipped. */
static void
make_table(struct random *random, struct some_table *table)
{
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t j = 0; j < FIELDS; j++) {
            some_text(random, table->texts[i][j]);
            table->fields[i][j] = table->texts[i][j];
        }
        if (!table->texts[i][0][strspn(table->texts[i][0], " \t")])
            strcpy(table->texts[i][0], "x");
    }
    strcpy(table->texts[0][0], "serial");
    strcpy(table->texts[0][1], "name");
}

static void
check_table(struct csv *csv, const struct some_table *table)
{
    char *fields[FIELDS];
    size_t count;

    for (size_t i = 0; i < ROWS; i++) {
        check_int(csv_read(csv, fields, FIELDS, &count), CSV_RECORD);
        check_int(count, FIELDS);
        for (size_t j = 0; j < FIELDS && j < count; j++)
            check_text(fields[j], table->texts[i][j]);
    }
    check_int(csv_read(csv, fields, FIELDS, &count), CSV_END);
}

TEST(tables_that_are_written_read_back_as_they_were)
{
    struct random random = random_seeded();
    struct some_table table;
    struct csv csv;

    for (int round = 0; round < ROUNDS; round++) {
        struct buffer out;
        buffer_init(&out, FILE_BYTES);
        make_table(&random, &table);
        buffer_text(&out, random_below(&random, 2) ? CSV_MARK : "");
        for (size_t i = 0; i < ROWS; i++)
            csv_put_row(&out, table.fields[i], FIELDS);
        buffer_text(&out, "");
        csv_open(&csv, out.bytes, out.size);
        check_table(&csv, &table);
        buffer_clear(&out);
    }
}

/* As another program writes: no apostrophe, so a text must not begin with one that is a guard. */
static void
put_dialect(struct random *random, struct buffer *out, const char *text, char separator)
{
    bool quoted = strchr(text, separator) || strpbrk(text, "\"\r\n")
                  || random_below(random, 3) == 0;

    if (random_below(random, 4) == 0 && quoted)
        buffer_text(out, "  ");
    buffer_text(out, quoted ? "\"" : "");
    for (; *text; text++)
        buffer_append(out, *text == '"' ? "\"\"" : text, *text == '"' ? 2 : 1);
    buffer_text(out, quoted ? "\"" : "");
    if (random_below(random, 4) == 0 && quoted)
        buffer_text(out, " ");
}

static void
without_guards(struct some_table *table)
{
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < FIELDS; j++)
            if (table->texts[i][j][0] == '\'')
                table->texts[i][j][0] = 'a';
}

static void
put_file(struct random *random, struct buffer *out, struct some_table *table)
{
    static const char separators[] = ",;\t";
    static const char *const ends[] = { "\r\n", "\n", "\r" };
    char separator = separators[random_below(random, 3)];
    const char *end = ends[random_below(random, 3)];

    if (random_below(random, 3) == 0)
        buffer_printf(out, "sep=%c%s", separator, end);
    for (size_t i = 0; i < ROWS; i++) {
        if (random_below(random, 4) == 0)
            buffer_printf(out, "%c %c%s", separator, separator, end);
        if (random_below(random, 4) == 0)
            buffer_text(out, end);
        put_dialect(random, out, table->texts[i][0], separator);
        buffer_append(out, &separator, 1);
        put_dialect(random, out, table->texts[i][1], separator);
        buffer_text(out, i + 1 < ROWS || random_below(random, 2) ? end : "");
    }
}

/* Writes the text in one of the charsets that Excel marks. */
static size_t
encode(struct random *random, const struct buffer *text, char *out)
{
    static const char *const marks[] = { "", CSV_MARK, "\xFF\xFE", "\xFE\xFF" };
    size_t kind = random_below(random, 4), size = strlen(marks[kind]);
    static uint16_t units[FILE_BYTES];
    size_t count = FILE_BYTES;

    memcpy(out, marks[kind], size);
    if (kind < 2) {
        memcpy(out + size, text->bytes, text->size);
        return size + text->size;
    }
    check(u8_to_u16((const uint8_t *)text->bytes, text->size, units, &count) == units);
    for (size_t i = 0; i < count; i++) {
        out[size++] = (char)(kind == 2 ? units[i] & 0xFF : units[i] >> 8);
        out[size++] = (char)(kind == 2 ? units[i] >> 8 : units[i] & 0xFF);
    }
    return size;
}

TEST(tables_in_any_dialect_are_read)
{
    static char bytes[2 * FILE_BYTES + 8];
    struct random random = random_seeded();
    struct some_table table;
    struct charset_text text;
    struct csv csv;

    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena;
        struct buffer out;
        arena_init(&arena, 100000);
        buffer_init(&out, FILE_BYTES);
        make_table(&random, &table);
        without_guards(&table);
        put_file(&random, &out, &table);
        const struct charset_text in = { bytes, encode(&random, &out, bytes), NULL };
        check_int(charset_read(&text, in, NULL, &arena), CHARSET_READ);
        csv_open(&csv, text.bytes, text.size);
        check_table(&csv, &table);
        buffer_clear(&out);
        arena_clear(&arena);
    }
}
