/*
 * setting.h - one setting: its name, its valid values, its help text.
 */
#ifndef BASE_SETTING_H
#define BASE_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum setting_kind {
    SETTING_TEXT,    /* `least` to `most` bytes without control characters */
    SETTING_NUMBER,  /* decimal, `least` to `most` */
    SETTING_CHOICE,  /* one of `choices` */
    SETTING_PREFIX,  /* one of `choices` and more text */
    SETTING_ADDRESS, /* base/address.h, with a port */
    SETTING_HOST,    /* base/address.h, without a port */
    SETTING_URL,     /* what web_origin_read() takes */
    SETTING_PATH,    /* of a file: 1 to `most` bytes */
    SETTING_WORDS,   /* as in a URL's path: up to `most_words` words of letters, digits and -._~
                        separated by "/", `most` characters; a "/" at either end does not count */
    SETTING_SWITCH,  /* a flag without a value; "yes" or "" */
    SETTING_KIND_COUNT
};

/* The source of a value, from weak to strong. */
enum setting_source {
    SOURCE_DEFAULT,
    SOURCE_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_FLAG,
};

struct setting {
    const char *name;     /* the flag without its dashes: "http-threads" */
    const char *shown;    /* the value in a help text: "ADDRESS:PORT" */
    const char *fallback; /* the default; always valid */
    const char *help;     /* one line */
    const char *choices;  /* separated by "|" */
    int64_t least, most;
    int64_t most_words;
    enum setting_kind kind;
    unsigned users;              /* bits, defined by the owner of the table */
    enum setting_source weakest; /* the weakest source that may set it */
    bool secret;                 /* messages never show it */
};

enum { SETTING_VALUE_MOST_BYTES = 4096 };

/* Checks a value. `origin` is its place ("--http", "TENURE_HTTP", "tenure.conf:3: http") and begins
 * the reason.
 *   STATUS_INVALID  the reason says what is valid; field: the name */
enum status setting_check(const struct setting *setting, const char *value, const char *origin,
                          struct fault *fault);

/* The number of a value that setting_check() accepts. */
int64_t setting_number(const char *value);

#endif
