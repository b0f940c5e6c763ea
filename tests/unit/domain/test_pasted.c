/* Codes and serials as people paste them: tests/vectors/pasted.jsonl, which the pages read, too. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/code.h"
#include "domain/pasted.h"
#include "domain/serial.h"
#include "support/check.h"

/* The word of the vectors for each flaw; code_explain() has its own sentences. */
static const char *const flaws[] = { "", "short", "long", "symbol", "check" };

static void
check_code(const char *text, size_t length, json_t *vector)
{
    const char *want = json_string_value(json_object_get(vector, "read"));
    const char *flaw = json_string_value(json_object_get(vector, "flaw"));
    char read[CODE_TEXT_SIZE] = "", said[CODE_EXPLAINED_SIZE];
    struct code code;
    enum code_reading reading = code_parse(&code, text, length);

    check_text(flaws[reading], flaw ? flaw : "");
    if (reading == CODE_OK)
        code_format(read, &code);
    check_text(read, want ? want : "");
    code_explain(said, text, length);
    check(reading == CODE_OK || strlen(said) > 20);
}

static void
check_serial(const char *text, size_t length, json_t *vector)
{
    const char *want = json_string_value(json_object_get(vector, "read"));
    const char *flaw = json_string_value(json_object_get(vector, "flaw"));
    char read[SERIAL_TEXT_SIZE] = "", said[SERIAL_EXPLAINED_SIZE];
    struct serial serial;
    bool good = serial_parse(&serial, text, length);

    if (good)
        serial_format(read, serial);
    check_text(read, want ? want : "");
    if (good)
        return;
    serial_explain(said, text, length);
    check(flaw && strstr(said, flaw));
    if (!flaw || !strstr(said, flaw))
        fprintf(stderr, "%s\n", said);
}

TEST(pasted_texts_are_read_as_the_vectors_say)
{
    const char *path = getenv("PASTED_VECTORS");
    FILE *file = fopen(path ? path : "tests/vectors/pasted.jsonl", "r");
    char line[4096];
    int count = 0;

    check(file);
    while (file && fgets(line, sizeof line, file)) {
        json_t *vector = json_loads(line, JSON_ALLOW_NUL, NULL);
        json_t *text = json_object_get(vector, "text");
        check_row(json_string_value(json_object_get(vector, "row")));
        const char *kind = json_string_value(json_object_get(vector, "kind"));
        (!strcmp(kind, "code") ? check_code : check_serial)(json_string_value(text),
                                                            json_string_length(text), vector);
        json_decref(vector);
        count++;
    }
    check(count > 100);
    if (file)
        fclose(file);
}

TEST(pasted_bytes_that_are_not_utf_8_are_refused)
{
    static const char bytes[] = "KWE3N\x96"
                                "C3QAQ-HD90B-B1WHW-KBJ0X";
    char said[CODE_EXPLAINED_SIZE];
    struct code code;

    check_int(code_parse(&code, bytes, strlen(bytes)), CODE_BAD_SYMBOL);
    code_explain(said, bytes, strlen(bytes));
    check_text(said, "the code has a broken character, which never appears in a code");
    check(!serial_parse(&(struct serial){ { 0 } }, "282C02424EED\xA0", 13));
}
