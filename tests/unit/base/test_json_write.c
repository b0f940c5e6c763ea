#include <math.h>
#include <string.h>

#include "base/json_write.h"
#include "support/check.h"

static struct buffer buffer;
static struct json_writer json;

static void
start(void)
{
    buffer_init(&buffer, 4096);
    json_begin(&json, &buffer);
}

static void
check_written(const char *want)
{
    check_text(buffer.bytes ? buffer.bytes : "", want);
    check_int(json.depth, 0);
    buffer_clear(&buffer);
}

TEST(json_sets_the_commas)
{
    start();
    json_object_open(&json);
    json_put_text(&json, "a", "x");
    json_key(&json, "b");
    json_array_open(&json);
    json_int64(&json, 1);
    json_object_open(&json);
    json_object_close(&json);
    json_array_open(&json);
    json_array_close(&json);
    json_write_null(&json);
    json_array_close(&json);
    json_put_bool(&json, "c", true);
    json_put_bool(&json, "d", false);
    json_put_null(&json, "e");
    json_object_close(&json);
    check_written("{\"a\":\"x\",\"b\":[1,{},[],null],\"c\":true,\"d\":false,\"e\":null}");
}

TEST(json_writes_our_types)
{
    start();
    json_object_open(&json);
    json_put_time(&json, "time", 1795525500);
    json_put_time(&json, "no_time", 0);
    json_put_date(&json, "date", 1);
    json_put_date(&json, "no_date", 0);
    json_put_id(&json, "id", 33);
    json_put_id(&json, "no_id", 0);
    json_put_text(&json, "no_text", NULL);
    json_put_int64(&json, "least", INT64_MIN);
    json_put_int64(&json, "most", INT64_MAX);
    json_put_real(&json, "real", 21.5);
    json_object_close(&json);
    check_written("{\"time\":\"2026-11-24T13:05:00Z\",\"no_time\":null,\"date\":\"1970-01-02\","
                  "\"no_date\":null,\"id\":\"0000000000011\",\"no_id\":null,\"no_text\":null,"
                  "\"least\":-9223372036854775808,\"most\":9223372036854775807,\"real\":21.5}");
}

TEST(json_escapes_what_must_be)
{
    start();
    json_text(&json, "a\"b\\c/\b\f\n\r\t\x01\x1F\x7F Łódź");
    check_written("\"a\\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F Łódź\"");
}

TEST(json_is_utf8_whatever_the_text_is)
{
    start();
    json_text(&json, "a\xFF"
                     "b\xC5"
                     "c \xED\xA0\x80 \xE2\x82\xAC \xF0\x9F\x98");
    check_written("\"a\\ufffdb\\ufffdc \\ufffd\\ufffd\\ufffd €"
                  " \\ufffd\\ufffd\\ufffd\"");
}

TEST(json_writes_the_shortest_number_that_reads_back)
{
    static const struct {
        double number;
        const char *want;
    } rows[] = {
        { 0, "0" },
        { -0.0, "-0" },
        { 1, "1" },
        { -1, "-1" },
        { 0.1, "0.1" },
        { -0.1, "-0.1" },
        { 21.5, "21.5" },
        { -7.25, "-7.25" },
        { 0.001, "0.001" },
        { -0.005, "-0.005" },
        { 1013.2, "1013.2" },
        { 999999999.999, "999999999.999" },
        { 1e9, "1000000000" },
        { 0.0001, "0.0001" },
        { 0.1 + 0.2, "0.30000000000000004" },
        { 1.0 / 3, "0.3333333333333333" },
        { 1e21, "1e+21" },
        { 5e-324, "4.94065645841247e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].want);
        start();
        json_write_real(&json, rows[i].number);
        check_written(rows[i].want);
    }
    check_row("not a number");
    start();
    json_array_open(&json);
    json_write_real(&json, (double)NAN);
    json_write_real(&json, (double)INFINITY);
    json_array_close(&json);
    check_written("[null,null]");
}

TEST(json_past_the_limit_says_so)
{
    struct buffer small;

    buffer_init(&small, 10);
    json_begin(&json, &small);
    json_array_open(&json);
    for (int i = 0; i < 10; i++)
        json_int64(&json, 100);
    json_array_close(&json);
    check(small.overflow);
    buffer_clear(&small);
}
