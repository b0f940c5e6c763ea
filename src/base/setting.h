/*
 * setting.h - one setting: its name, what may stand in it, what it is for.
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
    SETTING_PREFIX,  /* begins with one of `choices`, and goes on after it */
    SETTING_ADDRESS, /* base/address.h, with a port */
    SETTING_HOST,    /* base/address.h, without a port */
    SETTING_URL,     /* what web_origin_read() takes */
    SETTING_PATH,    /* of a file: 1 to `most` bytes */
    SETTING_WORDS,   /* as in a URL's path: up to `most_words` words of letters, digits and -._~
                        parted by "/", `most` characters; a "/" at either end does not count */
    SETTING_SWITCH,  /* a flag that is there or not; as text "yes" or "" */
    SETTING_KIND_COUNT
};

/* Where a value may come from, from weak to strong. */
enum setting_source {
    SOURCE_DEFAULT,
    SOURCE_FILE,
    SOURCE_ENVIRONMENT,
    SOURCE_FLAG,
};

struct setting {
    const char *name;     /* the flag without its dashes: "http-threads" */
    const char *shown;    /* what stands for the value in a help text: "ADDRESS:PORT" */
    const char *fallback; /* the default; always allowed, whatever the kind */
    const char *help;     /* one line */
    const char *choices;  /* separated by "|" */
    int64_t least, most;
    int64_t most_words;
    enum setting_kind kind;
    unsigned users;              /* whose it is: bits that the table's owner gives out */
    enum setting_source weakest; /* of those that may give it */
    bool secret;                 /* never repeated in a message */
};

enum { SETTING_VALUE_MOST_BYTES = 4096 };

/* Does `value` fit? `origin` says where it was given ("--http", "TENURE_HTTP",
 * "tenure.conf:3: http") and begins the reason.
 *   STATUS_INVALID  what is wrong and what would be right; field: the name */
enum status setting_check(const struct setting *setting, const char *value, const char *origin,
                          struct fault *fault);

/* A number that setting_check() let through. */
int64_t setting_number(const char *value);

#endif
