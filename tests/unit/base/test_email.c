#include "base/email.h"

#include <string.h>

#include "support/check.h"

TEST(email_addresses_have_one_at_and_nothing_that_a_mail_would_have_to_quote)
{
    static const struct {
        const char *text;
        bool valid;
    } rows[] = {
        { "a@b", true },
        { "tenure@example.com", true },
        { "zo\xc3\xab@example.com", true },
        { "", false },
        { "tenure", false },
        { "@", false },
        { "@example.com", false },
        { "tenure@", false },
        { "a@b@c", false },
        { "a b@c", false },
        { "<a@b>", false },
        { "\"a\"@b", false },
        { "a@b,c@d", false },
        { "a@[::1]", false },
        { "a.b@c.d", true },
        { ".a@b", false },
        { "a.@b", false },
        { "a..b@c", false },
        { "a@.b", false },
        { "a@b.", false },
        { "a@b..c", false },
        { "\xff@b", false },
        { "a@b\r\nRCPT TO:<c@d>", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].text);
        check_int(email_valid(rows[i].text), rows[i].valid);
    }
}

TEST(email_addresses_have_at_most_254_bytes)
{
    char text[EMAIL_MOST_BYTES + 2];

    memset(text, 'a', sizeof text);
    text[1] = '@';
    text[EMAIL_MOST_BYTES + 1] = '\0';
    check(!email_valid(text));
    text[EMAIL_MOST_BYTES] = '\0';
    check(email_valid(text));
}
