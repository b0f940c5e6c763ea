#include <string.h>

#include "base/id.h"
#include "base/secret.h"
#include "support/check.h"

TEST(id_has_thirteen_symbols)
{
    static const struct {
        int64_t id;
        const char *text;
    } rows[] = {
        { 1, "0000000000001" },         { 31, "000000000000z" },
        { 32, "0000000000010" },        { INT64_C(1) << 60, "1000000000000" },
        { INT64_MAX, "7zzzzzzzzzzzz" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[ID_TEXT_SIZE];
        int64_t id = 0;

        check_row(rows[i].text);
        id_format(text, rows[i].id);
        check_text(text, rows[i].text);
        check(id_parse(&id, text, strlen(text)));
        check_int(id, rows[i].id);
    }
}

TEST(id_has_one_form_only)
{
    static const char *const rows[] = {
        "",
        "0000000000000",  /* 0 is no id */
        "000000000001",   /* short */
        "00000000000001", /* long */
        "8000000000000",  /* 64 bits */
        "000000000000Z",  /* capital */
        "000000000000o",  /* not in the alphabet */
        "000000000000u",
        "000000 000001",
        "-000000000001",
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t id = 7;

        check_row(rows[i]);
        check(!id_parse(&id, rows[i], strlen(rows[i])));
        check_int(id, 7);
    }
    check_row("NUL inside");
    check(!id_parse(&(int64_t){ 0 }, "000000\000000001", 13));
}

TEST(id_from_the_generator_is_positive_and_new)
{
    int64_t before = 0;

    secret_start();
    for (int i = 0; i < 1000; i++) {
        int64_t id = id_random();
        check(id > 0);
        check(id != before);
        before = id;
    }
}
