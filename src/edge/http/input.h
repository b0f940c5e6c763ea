/*
 * input.h - tables of the fields in a JSON body or a query: kind, limits, and the place in the
 * route's input record.
 *
 * tests/rules/openapi.py compares the tables with api/openapi.yaml.
 */
#ifndef EDGE_HTTP_INPUT_H
#define EDGE_HTTP_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

enum input_kind {
    INPUT_TEXT,     /* const char *; `least` to `most` bytes of UTF-8 without control characters,
                       unless it is `pasted` */
    INPUT_WORD,     /* const char *; one of `words` */
    INPUT_CHOICE,   /* an enum; the index in `words` */
    INPUT_INT64,    /* int64_t; `least` to `most` */
    INPUT_REAL,     /* double; `least` to `most` */
    INPUT_BOOL,     /* bool */
    INPUT_TIME,     /* utc_seconds; RFC 3339 */
    INPUT_DATE,     /* day_number; "2026-11-24" */
    INPUT_ID,       /* int64_t; base/id.h */
    INPUT_DURATION, /* int64_t, seconds, `least` to `most`; "90s", "15m", "1h", "1d" */
    INPUT_TEXTS,    /* struct input_texts, each as INPUT_TEXT; `least_items` to `most_items` */
    INPUT_OBJECT,   /* a record inside the record; `fields` */
    INPUT_OBJECTS,  /* struct input_objects; at most `most_items` records of `fields` */
    INPUT_KIND_COUNT
};

struct input_texts {
    const char **items; /* NULL: the field is absent */
    size_t count;
};

struct input_objects {
    void *items; /* records of `item_size`; NULL: the field is absent */
    size_t count;
};

struct input_field {
    const char *name; /* NULL ends a table */
    size_t offset;    /* in the input record */
    size_t has;       /* offset of a bool, set when the field is present; 0: none */
    enum input_kind kind;
    bool required;
    bool pasted; /* INPUT_TEXT, INPUT_TEXTS: line breaks and tabs may stand around and inside */
    int64_t least, most;
    int64_t otherwise;        /* INPUT_INT64 of a query: the value when it is absent */
    const char *refused;      /* INPUT_TEXT of a body: the problem's code; NULL: the status's */
    const char *const *words; /* NULL for a value without a word */
    size_t word_count;
    size_t least_items;               /* INPUT_TEXTS; 0: a required list may be empty */
    size_t most_items;                /* INPUT_TEXTS, INPUT_OBJECTS */
    const struct input_field *fields; /* INPUT_OBJECT, INPUT_OBJECTS */
    size_t item_size;                 /* INPUT_OBJECTS */
};

/* The name of a field is the name of its member, unless another is given. */
#define INPUT_MEMBER(type, member)    INPUT_AT(#member, type, member)
#define INPUT_AT(name_, type, member) .name = name_, .offset = offsetof(type, member)
/* clang-format off */
#define INPUT_END { .name = NULL }
/* clang-format on */

enum { INPUT_MOST_FIELDS = 32 };

/* A query holds texts only: every wrong value is malformed. A value of a body that has the right
 * JSON type and breaks a limit is invalid. */
enum input_source { INPUT_BODY, INPUT_QUERY };

/* The row of `name`, or NULL; `fields` may be NULL. */
const struct input_field *input_find(const struct input_field *fields, const char *name,
                                     size_t length);

/* The place of one value. */
struct input_target {
    const struct input_field *field;
    void *record;
    enum input_source source;
    struct arena *arena; /* takes copies of texts */
    struct fault *fault;
};

/* Writes a value into the record. A fault names the field:
 *   STATUS_INVALID    the value breaks a limit (INPUT_BODY)
 *   STATUS_MALFORMED  the value breaks a limit (INPUT_QUERY)
 *   STATUS_TOO_LARGE  the arena is full */
enum status input_put_text(const struct input_target *to, const char *text, size_t length);
enum status input_put_int64(const struct input_target *to, int64_t number);
enum status input_put_real(const struct input_target *to, double number); /* INPUT_BODY only */
enum status input_put_bool(const struct input_target *to, bool truth);

/* Is a value of this kind a string in JSON? */
bool input_is_text(enum input_kind kind);

#endif
