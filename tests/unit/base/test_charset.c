#include "base/charset.h"

#include <string.h>

#include "support/check.h"

#define BYTES(text) (text), sizeof(text) - 1

static const struct {
    const char *row, *bytes;
    size_t size;
    const char *name, *want, *charset;
    enum charset_result result;
} rows[] = {
    { "UTF-8", BYTES("Süd"), NULL, "Süd", "utf-8", CHARSET_READ },
    { "UTF-8 with a mark", BYTES("\xEF\xBB\xBFSüd"), NULL, "Süd", "utf-8", CHARSET_READ },
    { "a mark before the name", BYTES("\xEF\xBB\xBFSüd"), "windows-1252", "Süd", "utf-8",
      CHARSET_READ },
    { "nothing", BYTES(""), NULL, "", "utf-8", CHARSET_READ },
    { "little end first", BYTES("\xFF\xFES\0\xFC\0"), NULL, "Sü", "utf-16le", CHARSET_READ },
    { "big end first", BYTES("\xFE\xFF\0S\0\xFC"), NULL, "Sü", "utf-16be", CHARSET_READ },
    { "UTF-16 by name", BYTES("S\0\xFC\0"), "UTF-16", "Sü", "utf-16le", CHARSET_READ },
    { "a pair", BYTES("\xFF\xFE\x3D\xD8\x00\xDE"), NULL, "\xF0\x9F\x98\x80", "utf-16le",
      CHARSET_READ },
    { "half a pair",
      BYTES("\xFF\xFE"
            "a\0\x3D\xD8"
            "b\0"),
      NULL, "a", "utf-16le", CHARSET_BROKEN },
    { "an odd byte",
      BYTES("\xFF\xFE"
            "a\0b"),
      NULL, "a", "utf-16le", CHARSET_BROKEN },
    { "a NUL in UTF-16",
      BYTES("\xFF\xFE"
            "a\0\0\0"),
      NULL, "a", "utf-16le", CHARSET_BROKEN },
    { "Western", BYTES("K\xFChlraum \x80"), "windows-1252", "Kühlraum €", "windows-1252",
      CHARSET_READ },
    { "Central",
      BYTES("\xA3\xF3"
            "d\x9F"),
      "Windows-1250", "Łódź", "windows-1250", CHARSET_READ },
    { "the name of the code page", BYTES("\xE9"), "cp1252", "é", "windows-1252", CHARSET_READ },
    { "the name of the standard", BYTES("\x96\xE9"), "ISO-8859-1", "–é", "windows-1252",
      CHARSET_READ },
    { "Latin 2",
      BYTES("\xA3\xF3"
            "d\xBC"),
      "iso-8859-2", "Łódź", "iso-8859-2", CHARSET_READ },
    { "Latin 9", BYTES("\xA4"), "iso-8859-15", "€", "iso-8859-15", CHARSET_READ },
    { "a letter and its accent", BYTES("e\xEC"), "windows-1258", "é", "windows-1258",
      CHARSET_READ },
    { "a byte without a letter",
      BYTES("ab\x81"
            "c"),
      "windows-1252", "ab", "windows-1252", CHARSET_BROKEN },
    { "bytes that are not UTF-8", BYTES("K\xFChl"), NULL, "K", "utf-8", CHARSET_BROKEN },
    { "a cut character", BYTES("a\xC3"), "utf-8", "a", "utf-8", CHARSET_BROKEN },
    { "a NUL", BYTES("a\0b"), NULL, "a", "utf-8", CHARSET_BROKEN },
    { "no charset", BYTES("a"), "ebcdic", NULL, NULL, CHARSET_UNKNOWN },
    { "an empty name", BYTES("a"), "", NULL, NULL, CHARSET_UNKNOWN },
    { "a name with more", BYTES("a"), "utf-8//IGNORE", NULL, NULL, CHARSET_UNKNOWN },
};

TEST(charset_becomes_utf_8)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena arena;
        struct charset_text out;
        char bytes[64];

        arena_init(&arena, 100000);
        memcpy(bytes, rows[i].bytes, rows[i].size + 1);
        check_row(rows[i].row);
        check_int(charset_read(&out, (struct charset_text){ bytes, rows[i].size, NULL },
                               rows[i].name, &arena),
                  rows[i].result);
        if (rows[i].want) {
            check_text(out.charset, rows[i].charset);
            out.bytes[out.size] = '\0';
            check_text(out.bytes, rows[i].want);
        }
        arena_clear(&arena);
    }
}

TEST(charset_needs_room)
{
    char bytes[] = "abc";
    struct arena arena;
    struct charset_text out;

    arena_init(&arena, 4);
    check_int(charset_read(&out, (struct charset_text){ bytes, 3, NULL }, "windows-1250", &arena),
              CHARSET_TOO_LARGE);
    arena_clear(&arena);
}
