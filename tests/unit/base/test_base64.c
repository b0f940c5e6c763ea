#include "base/base64.h"

#include <string.h>

#include "support/check.h"

TEST(base64_gives_the_examples_of_the_rfc) /* RFC 4648, section 10 */
{
    static const char *const rows[][2] = {
        { "", "" },
        { "f", "Zg==" },
        { "fo", "Zm8=" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" },
        { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
        { "\xff\xef\xbe", "/+++" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[BASE64_SIZE(6)];
        size_t size = strlen(rows[i][0]);
        check_row(rows[i][0]);
        memset(text, 'x', sizeof text);
        base64_encode(text, rows[i][0], size);
        check_text(text, rows[i][1]);
        check_int(BASE64_SIZE(size), strlen(text) + 1);
    }
}

TEST(base64url_gives_the_examples_of_the_rfc_without_padding)
{
    static const char *const rows[][2] = {
        { "", "" },
        { "f", "Zg" },
        { "fo", "Zm8" },
        { "foo", "Zm9v" },
        { "foob", "Zm9vYg" },
        { "fooba", "Zm9vYmE" },
        { "foobar", "Zm9vYmFy" },
        { "\xff\xef\xbe", "_---" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[BASE64URL_SIZE(6)], back[6];
        size_t size = strlen(rows[i][0]), back_size;
        check_row(rows[i][0]);
        base64url_encode(text, rows[i][0], size);
        check_text(text, rows[i][1]);
        check_int(BASE64URL_SIZE(size), strlen(text) + 1);
        check(base64url_decode(back, size, &back_size, text));
        check(back_size == size && !memcmp(back, rows[i][0], size));
        check(size == 0 || !base64url_decode(back, size - 1, &back_size, text));
    }
}

TEST(base64url_reads_only_what_it_writes)
{
    static const char *const rows[] = {
        "Z",    /* six bits */
        "Zh",   /* bits behind the last byte */
        "Zm9",  /* the same */
        "Zg==", /* padding */
        "Zm9v Yg", "Zm9v\n", "Z+8", "Z/8", "Zm9v\xc3\xa9", "=", " ",
    };
    char out[16];
    size_t size;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        check_row(rows[i]);
        check(!base64url_decode(out, sizeof out, &size, rows[i]));
    }
}
