/*
 * json_write.h - writes JSON (RFC 8259) by appending to a buffer.
 *
 * It adds commas. Nesting is at most JSON_WRITE_DEPTH; wrong nesting is a bug and asserts.
 */
#ifndef BASE_JSON_WRITE_H
#define BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/utc.h"

enum { JSON_WRITE_DEPTH = 16 };

struct json_writer {
    struct buffer *out;
    int depth;
    bool filled[JSON_WRITE_DEPTH]; /* this depth has a value */
    bool after_key;
};

void json_begin(struct json_writer *json, struct buffer *out);

void json_object_open(struct json_writer *json);
void json_object_close(struct json_writer *json);
void json_array_open(struct json_writer *json);
void json_array_close(struct json_writer *json);
void json_key(struct json_writer *json, const char *key);

/* NULL: null. Bytes that are not UTF-8 become U+FFFD. */
void json_text(struct json_writer *json, const char *text);
void json_int64(struct json_writer *json, int64_t number);
void json_bool(struct json_writer *json, bool truth);
void json_id(struct json_writer *json, int64_t id);         /* base/id.h; 0: null */
void json_raw(struct json_writer *json, const char *value); /* one JSON value, unchanged */

/* These names avoid json_real() and json_null() of jansson, which would call ours. */
void json_write_real(struct json_writer *json, double number); /* shortest that reads back;
                                                                  not finite: null */
void json_write_null(struct json_writer *json);

/* A key and its value. */
void json_put_text(struct json_writer *json, const char *key, const char *text);
void json_put_int64(struct json_writer *json, const char *key, int64_t number);
void json_put_int64_if(struct json_writer *json, const char *key, bool known,
                       int64_t number); /* null unless `known` */
void json_put_real(struct json_writer *json, const char *key, double number);
void json_put_bool(struct json_writer *json, const char *key, bool truth);
void json_put_null(struct json_writer *json, const char *key);
/* "2026-11-24T13:05:00Z" and "2026-11-24"; 0: null. */
void json_put_time(struct json_writer *json, const char *key, utc_seconds when);
void json_put_date(struct json_writer *json, const char *key, day_number day);
void json_put_id(struct json_writer *json, const char *key, int64_t id);
/* A key, and the beginning of its value. */
void json_put_object_open(struct json_writer *json, const char *key);
void json_put_array_open(struct json_writer *json, const char *key);

#endif
