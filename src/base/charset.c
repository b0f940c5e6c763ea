#include "base/charset.h"

#include <iconv.h>
#include <string.h>

#include "base/text.h"

enum { MOST_GROWTH = 3 }; /* bytes of UTF-8 for one byte: the euro sign */

const char charset_names[] = "utf-8, utf-16, windows-1250 to windows-1258, iso-8859-1, iso-8859-2 "
                             "and iso-8859-15";

static const struct charset {
    const char *label, *name;
} charsets[] = {
    { "utf-8", "utf-8" },
    { "utf8", "utf-8" },
    { "us-ascii", "utf-8" },
    { "utf-16", "utf-16le" }, /* without a mark as Windows writes it */
    { "utf-16le", "utf-16le" },
    { "utf-16be", "utf-16be" },
    { "windows-1250", "windows-1250" },
    { "cp1250", "windows-1250" },
    { "windows-1251", "windows-1251" },
    { "cp1251", "windows-1251" },
    { "windows-1252", "windows-1252" },
    { "cp1252", "windows-1252" },
    { "iso-8859-1", "windows-1252" },
    { "latin1", "windows-1252" },
    { "windows-1253", "windows-1253" },
    { "windows-1254", "windows-1254" },
    { "windows-1255", "windows-1255" },
    { "windows-1256", "windows-1256" },
    { "windows-1257", "windows-1257" },
    { "windows-1258", "windows-1258" },
    { "iso-8859-2", "iso-8859-2" },
    { "latin2", "iso-8859-2" },
    { "iso-8859-15", "iso-8859-15" },
    { "latin9", "iso-8859-15" },
};

static const char *
charset_find(const char *label)
{
    for (size_t i = 0; i < sizeof charsets / sizeof charsets[0]; i++)
        if (text_equal_nocase(label, strlen(label), charsets[i].label))
            return charsets[i].name;
    return NULL;
}

/* Skips a mark. NULL: there is none. */
static const char *
take_mark(struct charset_text *in)
{
    static const struct {
        const char *bytes;
        size_t size;
        const char *name;
    } marks[] = { { "\xEF\xBB\xBF", 3, "utf-8" },
                  { "\xFF\xFE", 2, "utf-16le" },
                  { "\xFE\xFF", 2, "utf-16be" } };

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (in->size < marks[i].size || memcmp(in->bytes, marks[i].bytes, marks[i].size) != 0)
            continue;
        in->bytes += marks[i].size;
        in->size -= marks[i].size;
        return marks[i].name;
    }
    return NULL;
}

/* Cuts the text before the first character that is not UTF-8, or NUL. */
static enum charset_result
check_utf8(struct charset_text *text)
{
    size_t at = 0;

    while (at < text->size) {
        size_t taken = utf8_character(text->bytes + at, text->size - at);
        if (taken == 0 || text->bytes[at] == '\0')
            break;
        at += taken;
    }
    if (at == text->size)
        return CHARSET_READ;
    text->size = at;
    return CHARSET_BROKEN;
}

static enum charset_result
convert(struct charset_text *out, struct charset_text in)
{
    iconv_t from = iconv_open("utf-8", out->charset);
    size_t left = in.size * MOST_GROWTH, room = left;
    char *to = out->bytes, *at = in.bytes;

    if (from == (iconv_t)-1)
        return CHARSET_UNKNOWN; /* this system has no table for it */
    size_t failed = iconv(from, &at, &in.size, &to, &left);
    if (failed != (size_t)-1)
        failed = iconv(from, NULL, NULL, &to, &left); /* a letter that waits for its accent */
    iconv_close(from);
    out->size = room - left;
    enum charset_result read = check_utf8(out);
    return failed == (size_t)-1 ? CHARSET_BROKEN : read;
}

enum charset_result
charset_read(struct charset_text *out, struct charset_text in, const char *name,
             struct arena *arena)
{
    const char *named = name ? charset_find(name) : "utf-8";
    const char *marked = named ? take_mark(&in) : NULL;

    if (!named)
        return CHARSET_UNKNOWN;
    *out = in;
    out->charset = marked ? marked : named;
    if (!strcmp(out->charset, "utf-8"))
        return check_utf8(out);
    out->bytes = arena_new(arena, in.size * MOST_GROWTH + 1);
    return out->bytes ? convert(out, in) : CHARSET_TOO_LARGE;
}
