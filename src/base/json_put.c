/* json_put.c - writes a key and its value. */
#include "base/json_write.h"

void
json_put_text(struct json_writer *json, const char *key, const char *text)
{
    json_key(json, key);
    json_text(json, text);
}

void
json_put_int64(struct json_writer *json, const char *key, int64_t number)
{
    json_key(json, key);
    json_int64(json, number);
}

void
json_put_int64_if(struct json_writer *json, const char *key, bool known, int64_t number)
{
    json_key(json, key);
    if (known)
        json_int64(json, number);
    else
        json_write_null(json);
}

void
json_put_real(struct json_writer *json, const char *key, double number)
{
    json_key(json, key);
    json_write_real(json, number);
}

void
json_put_bool(struct json_writer *json, const char *key, bool truth)
{
    json_key(json, key);
    json_bool(json, truth);
}

void
json_put_null(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_write_null(json);
}

void
json_put_time(struct json_writer *json, const char *key, utc_seconds when)
{
    char text[UTC_TEXT_SIZE];

    utc_format(text, when);
    json_put_text(json, key, when ? text : NULL);
}

void
json_put_date(struct json_writer *json, const char *key, day_number day)
{
    char text[DATE_TEXT_SIZE];

    date_format(text, day);
    json_put_text(json, key, day ? text : NULL);
}

void
json_put_id(struct json_writer *json, const char *key, int64_t id)
{
    json_key(json, key);
    json_id(json, id);
}

void
json_put_object_open(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_object_open(json);
}

void
json_put_array_open(struct json_writer *json, const char *key)
{
    json_key(json, key);
    json_array_open(json);
}
