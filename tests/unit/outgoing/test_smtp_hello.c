#include "edge/outgoing/smtp_hello.h"

#include <string.h>

#include "support/check.h"

TEST(hello_names_are_domains_in_ascii_and_address_literals)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "tenure.example.com", "tenure.example.com" },
        { "Tenure", "tenure" },
        { "bücher.example", "xn--bcher-kva.example" },
        { "[192.0.2.1]", "[192.0.2.1]" },
        { "[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]" },
    };
    char got[SMTP_HELLO_SIZE];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_int(smtp_hello_read(got, rows[i][0], NULL), STATUS_OK);
        check_text(got, rows[i][1]);
    }
}

TEST(hello_names_of_another_form_are_refused)
{
    static const char *const rows[] = {
        "a b",           "a\r\nMAIL FROM:<x@y>", "[192.0.2.256]",
        "[2001:db8::1]", "[IPv6:192.0.2.1]",     "[]",
        "[IPv6:]",       "[192.0.2.1",           "a/b",
        "-a.example",    "a..example",           "a@example.com",
    };
    char got[SMTP_HELLO_SIZE];

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault = { 0 };
        check_int(smtp_hello_read(got, rows[i], &fault), STATUS_INVALID);
        check_text(fault.field, "smtp-hello");
    }
}

TEST(found_hello_names_are_full_names_or_literals_of_the_local_address)
{
    char got[SMTP_HELLO_SIZE], again[SMTP_HELLO_SIZE];

    if (!smtp_hello_find(got, "smtp://127.0.0.1:25"))
        check_text(got, "[127.0.0.1]");
    check(strchr(got, '.') != NULL);
    check_int(smtp_hello_read(again, got, NULL), STATUS_OK);
    check(smtp_hello_find(got, "nonsense") || !strcmp(got, "[127.0.0.1]"));
}
