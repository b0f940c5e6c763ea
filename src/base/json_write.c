#include "base/json_write.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "base/text.h"

void
json_begin(struct json_writer *json, struct buffer *out)
{
    *json = (struct json_writer){ .out = out };
}

static void
json_put(struct json_writer *json, const char *bytes, size_t size)
{
    buffer_append(json->out, bytes, size);
}

/* Writes the comma before a key or value, if it needs one. */
static void
separate(struct json_writer *json)
{
    if (json->after_key) {
        json->after_key = false;
        return;
    }
    if (json->filled[json->depth])
        json_put(json, ",", 1);
    json->filled[json->depth] = true;
}

static void
open_with(struct json_writer *json, const char *bracket)
{
    separate(json);
    json_put(json, bracket, 1);
    assert(json->depth < JSON_WRITE_DEPTH - 1);
    json->filled[++json->depth] = false;
}

static void
close_with(struct json_writer *json, const char *bracket)
{
    assert(json->depth > 0 && !json->after_key);
    json->depth--;
    json_put(json, bracket, 1);
}

void
json_raw(struct json_writer *json, const char *value)
{
    separate(json);
    json_put(json, value, strlen(value));
}

void
json_object_open(struct json_writer *json)
{
    open_with(json, "{");
}

void
json_object_close(struct json_writer *json)
{
    close_with(json, "}");
}

void
json_array_open(struct json_writer *json)
{
    open_with(json, "[");
}

void
json_array_close(struct json_writer *json)
{
    close_with(json, "]");
}

static void
put_escape(struct json_writer *json, unsigned char c)
{
    static const char short_forms[][3] = {
        ['\b'] = "\\b", ['\t'] = "\\t", ['\n'] = "\\n",  ['\f'] = "\\f",
        ['\r'] = "\\r", ['"'] = "\\\"", ['\\'] = "\\\\",
    };

    if (c >= 0x80)
        json_put(json, "\\ufffd", 6);
    else if (c < sizeof short_forms / sizeof short_forms[0] && short_forms[c][0])
        json_put(json, short_forms[c], 2);
    else
        buffer_printf(json->out, "\\u%04x", c);
}

/* Bytes at the start that need no escape. A byte that is not UTF-8 gets one: a broken text in the
 * store must not break the whole answer. */
static size_t
plain_bytes(const char *text, size_t left)
{
    unsigned char c = (unsigned char)*text;

    if (c >= 0x80)
        return utf8_character(text, left);
    return c >= 0x20 && c != '"' && c != '\\';
}

static void
put_string(struct json_writer *json, const char *text)
{
    const char *plain = text, *end = text + strlen(text); /* plain: start of text without escapes */

    json_put(json, "\"", 1);
    while (text < end) {
        size_t taken = plain_bytes(text, (size_t)(end - text));
        if (taken > 0) {
            text += taken;
            continue;
        }
        json_put(json, plain, (size_t)(text - plain));
        put_escape(json, (unsigned char)*text);
        plain = ++text;
    }
    json_put(json, plain, (size_t)(text - plain));
    json_put(json, "\"", 1);
}

void
json_key(struct json_writer *json, const char *key)
{
    assert(json->depth > 0 && !json->after_key);
    separate(json);
    put_string(json, key);
    json_put(json, ":", 1);
    json->after_key = true;
}

void
json_text(struct json_writer *json, const char *text)
{
    if (!text) {
        json_write_null(json);
        return;
    }
    separate(json);
    put_string(json, text);
}

static void
json_write_put_int64(struct json_writer *json, int64_t number)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        digits[--at] = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        digits[--at] = '-';
    json_put(json, digits + at, sizeof digits - at);
}

void
json_int64(struct json_writer *json, int64_t number)
{
    separate(json);
    json_write_put_int64(json, number);
}

/* Writes a number of at most three decimals, as measured values have, ten times faster than printf.
 * Such a number is the quotient of two small integers, and division rounds as parsing does. */
static bool
put_short_decimal(struct json_writer *json, double number)
{
    if (!(fabs(number) < 1e9) || (number == 0 && signbit(number)))
        return false;
    int64_t thousandths = (int64_t)(number * 1000 + (number < 0 ? -0.5 : 0.5));
    if ((double)thousandths / 1000.0 != number)
        return false;

    int64_t rest = thousandths % 1000;
    if (thousandths < 0)
        json_put(json, "-", 1);
    json_write_put_int64(json, thousandths < 0 ? -(thousandths / 1000) : thousandths / 1000);
    if (rest == 0)
        return true;
    if (rest < 0)
        rest = -rest;

    char decimals[4] = { '.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10),
                         (char)('0' + rest % 10) };
    size_t length = sizeof decimals;
    while (decimals[length - 1] == '0')
        length--;
    json_put(json, decimals, length);
    return true;
}

void
json_write_real(struct json_writer *json, double number)
{
    char text[32];

    if (!isfinite(number)) {
        json_write_null(json);
        return;
    }
    separate(json);
    if (put_short_decimal(json, number))
        return;
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    json_put(json, text, strlen(text));
}

void
json_bool(struct json_writer *json, bool truth)
{
    separate(json);
    buffer_text(json->out, truth ? "true" : "false");
}

void
json_write_null(struct json_writer *json)
{
    separate(json);
    json_put(json, "null", 4);
}

void
json_id(struct json_writer *json, int64_t id)
{
    char text[ID_TEXT_SIZE];

    if (id == 0) {
        json_write_null(json);
        return;
    }
    id_format(text, id);
    json_text(json, text);
}
