#include "service/outbox/letter.h"

#include <string.h>

#include "support/check.h"

TEST(a_quoted_name_is_short_and_makes_no_link)
{
    static const struct {
        const char *name, *quoted;
    } rows[] = {
        { "Cold Chain", "“Cold Chain”" },
        { "Łódź Sp. z o.o.", "“Łódź Sp. z o.o.”" },
        { "B.V. 2.0", "“B.V. 2.0”" },
        { "Win https://shop.example/prize now", "“Win https: //shop. example/prize now”" },
        { "www.shop.example", "“www. shop. example”" },
        { "me@shop.example", "“me@ shop. example”" },
        { "bücher.äpfel", "“bücher. äpfel”" },
        { "12 \"now\"", "“12 'now'”" },
        { "Ends in 3.", "“Ends in 3.”" },
        { "line\r\nSubject: more", "“…”" },
        { "turned \u202E around", "“…”" },
        { "123456789 123456789 123456789 123456789 123456789 123456789 ",
          "“123456789 123456789 123456789 123456789 123456789 123456789 ”" },
        { "ä23456789 123456789 123456789 123456789 123456789 123456789 x",
          "“ä23456789 123456789 123456789 123456789 123456789 123456789 …”" },
    };
    char out[LETTER_QUOTE_SIZE], longest[1000] = "";

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row(rows[i].name);
        letter_quote(out, rows[i].name);
        check_text(out, rows[i].quoted);
    }
    for (size_t i = 0; i < 200; i++)
        strcat(longest, i % 2 ? "ää" : ".");
    letter_quote(out, longest);
    check(strlen(out) < LETTER_QUOTE_SIZE);
}
