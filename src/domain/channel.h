/* channel.h - the channel types of sensors, and the meaning of their raw numbers. Source: the
 * vendor's published protocol definition of January 2026. */
#ifndef DOMAIN_CHANNEL_H
#define DOMAIN_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/measurement.h"

enum channel_kind {
    CHANNEL_NONE, /* no measurements */
    CHANNEL_CONTINUOUS,
    CHANNEL_BINARY,
};

struct channel_type {
    const char *name; /* in the API: "temperature" */
    const char *unit; /* "°C"; "" when it has none */
    enum channel_kind kind;
    int32_t divisor;            /* value = raw / divisor */
    int32_t meta_modulus;       /* 0, or K: value = raw div K, meta = |raw| mod K */
    const char *state_words[2]; /* binary: of raw 0 and raw 1 */
    int32_t minor;              /* of a major: the number of its minor; else 0 */
    int32_t major;              /* of a minor: the number of its major; else 0 */
    int32_t minors_in_major;    /* of a major: minor units in one of its own; else 0 */
};

enum {
    CHANNEL_TYPE_COUNT = 44, /* numbers 0 (no sensor) to 43 are known */
    CHANNEL_NAME_SIZE = 32,
    /* An offset in this range is an error code, not a value. */
    SAMPLE_ERROR_FIRST = 8355840,
    SAMPLE_ERROR_LAST = 8388607,
};

bool sample_is_error(int64_t offset);

/* Never NULL: an unknown number gives a continuous type without unit and divisor, with the name ""
 * (channel_name() has its name). */
const struct channel_type *channel_type(int32_t number);

/* The name in the API; "type_77" or "type_-5" for an unknown type. */
void channel_name(char out[CHANNEL_NAME_SIZE], int32_t number);
/* The reverse. False leaves *out as it was: there is no such name. */
bool channel_number(int32_t *out, const char *name, size_t length);

struct channel_reading {
    double value;
    bool has_meta;
    int32_t meta;
};

/* The value of a raw number (SAMPLE_VALUE); 0 or 1 for a binary type. */
struct channel_reading channel_reading(int32_t type, int64_t raw);

/* "alarm" or "ok", "water" or "dry", "on" or "off". Other types use the words of ok_alarm. */
const char *channel_state_word(int32_t type, int64_t raw);

/* The total of a major and its minor of the same time, in the minor's unit. False: `major_type` is
 * not a major, or the total overflows. */
bool channel_total(int64_t *out, int32_t major_type, int64_t major_raw, int64_t minor_raw);

#endif
