#include "service/core/text_check.h"

#include <string.h>

#include "support/check.h"
#include "support/verbs.h"

static void
checks_texts(struct fixture *fixture)
{
    static const struct {
        const char *text, *want; /* NULL: refused */
    } rows[] = {
        { NULL, "" },
        { "  ", "" },
        { " Kühlraum\n", "Kühlraum" },
        { "Ku\u0308hlraum", "Kühlraum" },
        { "👩\u200D🔬 3", "👩\u200D🔬 3" },
        { "\u00A0", NULL },
        { "a\u200Bb", NULL },
        { "a\u202Eb", NULL },
        { "a\tb", NULL },
        { "\xff", NULL },
        { "12345678901234567890", "12345678901234567890" },
        { "123456789012345678901", NULL },
        { "123456789012345678a\u0301", "123456789012345678\u00E1" }, /* what is kept counts */
        { "1234567890123456\u0958", NULL }, /* of 19 bytes its form has 22 */
    };
    struct call *call = &fixture->call;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *out = rows[i].text;
        enum status status = input_text(call, "name", 0, 20, &out);
        check_row(rows[i].text ? rows[i].text : "NULL");
        if (rows[i].want) {
            check_int(status, STATUS_OK);
            check_text(out, rows[i].want);
        } else {
            check_failed(fixture, status, STATUS_INVALID, "", "name");
        }
    }
    check_row(fixture->driver_name);
}

TEST(texts_are_normalized_and_must_be_visible)
{
    with_each_store(checks_texts);
}

static void
says_why(struct fixture *fixture)
{
    static const struct {
        const char *text, *reason;
    } rows[] = {
        { "", "it must not be empty" },
        { "\u3000", "it must hold a character that can be seen" },
        { "a\u2067b", "it must not hold characters that change the direction of text" },
        { "a\u2060b", "it must not hold characters that cannot be seen" },
        { "a\rb", "it must be one line of text without control characters" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *text = rows[i].text;
        check_int(input_text(&fixture->call, "name", 1, 20, &text), STATUS_INVALID);
        check_text(fixture->call.db.fault.reason, rows[i].reason);
        fixture->call.db.fault = (struct fault){ 0 };
    }
}

TEST(refused_texts_have_a_reason)
{
    with_each_store(says_why);
}
