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

TEST(email_addresses_that_reach_one_mailbox_have_one_form)
{
    static const struct {
        const char *text, *normal, *mail; /* NULL: none */
    } rows[] = {
        { "Ann@Example.COM", "ann@example.com", "ann@example.com" },
        { "JÜRGEN@BÜCHER.example", "jürgen@bücher.example", "jürgen@xn--bcher-kva.example" },
        { "ju\u0308rgen@bu\u0308cher.example", "jürgen@bücher.example",
          "jürgen@xn--bcher-kva.example" },
        { "jürgen@XN--bcher-kva.example", "jürgen@bücher.example", "jürgen@xn--bcher-kva.example" },
        { "jurgen@bucher.example", "jurgen@bucher.example", "jurgen@bucher.example" },
        { "straße@faß.de", "straße@faß.de", "straße@xn--fa-hia.de" },
        { "strasse@fass.de", "strasse@fass.de", "strasse@fass.de" },
        { "a+b@localhost", "a+b@localhost", "a+b@localhost" },
        { "ann", NULL, NULL },
        { "a@b_c", NULL, "a@b_c" },
        { "a@-b", NULL, "a@-b" },
        { "a\u200Bb@example.com", NULL, NULL },
        { "a\u200Db@example.com", NULL, NULL },
        { "a\u00A0b@example.com", NULL, NULL },
        { "a\u202Eb@example.com", NULL, NULL },
        { "a@b℀c", NULL, "a@b℀c" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char out[EMAIL_SIZE];
        check_row(rows[i].text);
        check_int(email_normalize(out, rows[i].text), rows[i].normal != NULL);
        if (rows[i].normal)
            check_text(out, rows[i].normal);
        if (!rows[i].mail)
            continue;
        email_for_mail(out, rows[i].normal ? rows[i].normal : rows[i].text);
        check_text(out, rows[i].mail);
    }
}
