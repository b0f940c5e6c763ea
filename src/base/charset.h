/*
 * charset.h - texts of files in another charset than UTF-8, such as those that Excel writes
 * (iconv of the C library).
 */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include <stddef.h>

#include "base/arena.h"

struct charset_text {
    char *bytes; /* the byte after its end is writable */
    size_t size;
    const char *charset; /* constant: "utf-8", "windows-1252" */
};

enum charset_result {
    CHARSET_READ,
    CHARSET_UNKNOWN, /* no charset of this name */
    CHARSET_BROKEN,  /* bytes that the charset does not have, or a NUL; `out` ends before them */
    CHARSET_TOO_LARGE,
};

/* Reads `in` as UTF-8 without a byte order mark. A mark in the text decides over `name`. Without
 * both it is UTF-8. The names are those of MIME, in any case; iso-8859-1 means windows-1252, as on
 * the web. A text in UTF-8 stays where it is; another one is in the arena. */
enum charset_result charset_read(struct charset_text *out, struct charset_text in, const char *name,
                                 struct arena *arena);

/* Those that charset_read() knows, for a sentence. */
extern const char charset_names[];

#endif
