#include <string.h>

#include "domain/code.h"
#include "support/check.h"

/* Computed by a short program in another language. */
static const struct {
    uint8_t bytes[CODE_RANDOM_BYTES];
    const char *text;
} known[] = {
    { { 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
      "00000-00000-00000-00000-00000" },
    { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
      "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZW" },
    { { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e },
      "000G4-0R40M-30E20-9185G-R38ED" },
    { { 0x80, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
      "G0000-00000-00000-00000-0000P" },
    { { 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01 },
      "00000-00000-00000-00000-00012" },
    { { 0x9f, 0x1c, 0x3a, 0xb0, 0x77, 0x55, 0xe2, 0xd4, 0x81, 0x6b, 0x0f, 0x23, 0xc9, 0xae, 0x40 },
      "KWE3N-C3QAQ-HD90B-B1WHW-KBJ0X" },
};

TEST(code_has_known_check_symbols)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct code code = code_from_random(known[i].bytes), again;
        char text[CODE_TEXT_SIZE];

        check_row(known[i].text);
        code_format(text, &code);
        check_text(text, known[i].text);
        check_int(code_parse(&again, text, strlen(text)), CODE_OK);
        check(!memcmp(&code, &again, sizeof code));
    }
}

TEST(code_reports_its_flaw)
{
    static const struct {
        const char *row, *text;
        enum code_reading want;
    } rows[] = {
        { "as written", "KWE3N-C3QAQ-HD90B-B1WHW-KBJ0X", CODE_OK },
        { "lower case", "kwe3n-c3qaq-hd90b-b1whw-kbj0x", CODE_OK },
        { "no hyphens", "KWE3NC3QAQHD90BB1WHWKBJ0X", CODE_OK },
        { "spaces", "  KWE3 NC3Q AQHD 90BB 1WHW KBJ0 X ", CODE_OK },
        { "a line break behind it", "KWE3N-C3QAQ-HD90B-B1WHW-KBJ0X\r\n", CODE_OK },
        { "nothing", "", CODE_TOO_SHORT },
        { "hyphens alone", "-----", CODE_TOO_SHORT },
        { "24 symbols", "KWE3N-C3QAQ-HD90B-B1WHW-KBJ0", CODE_TOO_SHORT },
        { "26 symbols", "KWE3N-C3QAQ-HD90B-B1WHW-KBJ0X0", CODE_TOO_LONG },
        { "100 symbols",
          "KWE3NC3QAQHD90BB1WHWKBJ0XKWE3NC3QAQHD90BB1WHWKBJ0X"
          "KWE3NC3QAQHD90BB1WHWKBJ0XKWE3NC3QAQHD90BB1WHWKBJ0X",
          CODE_TOO_LONG },
        { "the letter U", "UWE3N-C3QAQ-HD90B-B1WHW-KBJ0X", CODE_BAD_SYMBOL },
        { "an asterisk", "*WE3N-C3QAQ-HD90B-B1WHW-KBJ0X", CODE_TOO_SHORT },
        { "short, and a wrong symbol", "U", CODE_BAD_SYMBOL },
        { "not ASCII", "ŁWE3N-C3QAQ-HD90B-B1WHW-KBJ0X", CODE_BAD_SYMBOL },
        { "another symbol", "KWE3N-C3ZAQ-HD90B-B1WHW-KBJ0X", CODE_BAD_CHECK },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct code untouched, code;

        memset(&untouched, 0x55, sizeof untouched);
        code = untouched;
        check_row(rows[i].row);
        check_int(code_parse(&code, rows[i].text, strlen(rows[i].text)), rows[i].want);
        check_int(memcmp(&code, &untouched, sizeof code) == 0, rows[i].want != CODE_OK);
    }
    check_row("NUL inside");
    check_int(code_parse(&(struct code){ { 0 } }, "0\0", 2), CODE_BAD_SYMBOL);
}

TEST(code_reads_similar_letters_as_digits)
{
    struct code code, same;

    /* all zeros: its check symbol is 0 */
    check_int(code_parse(&code, "00000-00000-00000-00000-00000", 29), CODE_OK);
    check_int(code_parse(&same, "oOoOo-OOOOO-00000-ooooo-OOOOO", 29), CODE_OK);
    check(!memcmp(&code, &same, sizeof code));
    /* all ones */
    check_int(code_parse(&code, "11111-11111-11111-11111-11119", 29), CODE_OK);
    check_int(code_parse(&same, "iIlL1-iIlL1-iIlL1-iIlL1-iIlL9", 29), CODE_OK);
    check(!memcmp(&code, &same, sizeof code));
}
