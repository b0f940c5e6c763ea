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
