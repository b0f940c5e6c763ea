#include <jansson.h>
#include <math.h>
#include <string.h>

#include "base/json_write.h"
#include "support/check.h"
#include "support/random.h"

/* What the writer wrote into an array of one, read by another's reader. */
static json_t *
read_back(struct buffer *buffer)
{
    json_error_t error;
    json_t *array = json_loadb(buffer->bytes, buffer->size, JSON_REJECT_DUPLICATES, &error);

    check(array && json_array_size(array) == 1);
    return array;
}

static double
some_real(struct random *random)
{
    static const double divisors[] = { 1, 10, 100, 1000, 10000, 3 };
    uint64_t bits = random_next(random);
    double number;

    memcpy(&number, &bits, sizeof number);
    if (random_below(random, 2))
        number = (double)(int64_t)(bits >> 32) / divisors[random_below(random, 6)];
    return random_below(random, 2) ? number : -number;
}

TEST(json_numbers_read_back_as_they_were)
{
    struct random random = random_seeded();
    struct buffer buffer;
    struct json_writer json;

    buffer_init(&buffer, 1000);
    for (int i = 0; i < 50000; i++) {
        double number = some_real(&random);
        if (!isfinite(number))
            continue;
        buffer_restart(&buffer);
        json_begin(&json, &buffer);
        json_write_real(&json, number);
        check_real(strtod(buffer.bytes, NULL), number);
        check(strlen(buffer.bytes) <= 24);
    }
    buffer_clear(&buffer);
}

static size_t
put_character(char *out, uint32_t point)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (char)(0xC0 | point >> 6);
        out[1] = (char)(0x80 | (point & 0x3F));
        return 2;
    }
    out[0] = (char)(0xE0 | point >> 12);
    out[1] = (char)(0x80 | (point >> 6 & 0x3F));
    out[2] = (char)(0x80 | (point & 0x3F));
    return 3;
}

TEST(json_texts_read_back_as_they_were)
{
    struct random random = random_seeded();
    struct buffer buffer;
    struct json_writer json;

    buffer_init(&buffer, 10000);
    for (int i = 0; i < 10000; i++) {
        char text[100] = "";
        size_t length = 0;

        for (size_t count = random_below(&random, 20); count > 0; count--)
            length += put_character(text + length,
                                    (uint32_t)(1 + random_below(&random, i % 2 ? 0x7F : 0xD000)));
        buffer_restart(&buffer);
        json_begin(&json, &buffer);
        json_array_open(&json);
        json_text(&json, text);
        json_array_close(&json);
        json_t *array = read_back(&buffer);
        check_text(json_string_value(json_array_get(array, 0)), text);
        json_decref(array);
    }
    buffer_clear(&buffer);
}
