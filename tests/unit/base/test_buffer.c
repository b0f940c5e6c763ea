#include <string.h>

#include "base/buffer.h"
#include "support/check.h"

TEST(buffer_grows_and_keeps_its_text_closed)
{
    struct buffer buffer;

    buffer_init(&buffer, 100000);
    buffer_text(&buffer, "");
    check_text(buffer.bytes, "");
    for (int i = 0; i < 10000; i++)
        buffer_printf(&buffer, "%04d", i);
    check_int(buffer.size, 40000);
    check_int(strlen(buffer.bytes), 40000);
    check(!strncmp(buffer.bytes + 4 * 1234, "1234", 4));
    check(!buffer.overflow);
    buffer_clear(&buffer);
    check_int(buffer.size, 0);
}

TEST(buffer_takes_its_limit_and_not_a_byte_more)
{
    struct buffer buffer;

    buffer_init(&buffer, 8);
    buffer_append(&buffer, "1234", 4);
    buffer_printf(&buffer, "%d", 5678);
    check(!buffer.overflow);
    buffer_text(&buffer, "");
    check(!buffer.overflow);
    buffer_text(&buffer, "9");
    check(buffer.overflow);
    check_text(buffer.bytes, "12345678");
    buffer_clear(&buffer);
}

TEST(buffer_that_overflowed_stays_so)
{
    struct buffer buffer;

    buffer_init(&buffer, 4);
    buffer_printf(&buffer, "%s", "too long");
    check(buffer.overflow);
    buffer_text(&buffer, "ok");
    check_int(buffer.size, 0);
    buffer_restart(&buffer);
    check(!buffer.overflow);
    buffer_text(&buffer, "ok");
    check_text(buffer.bytes, "ok");
    buffer_restart(&buffer);
    check_text(buffer.bytes, "");
    buffer_clear(&buffer);
}

TEST(buffer_keeps_bytes_of_any_value)
{
    struct buffer buffer;

    buffer_init(&buffer, 16);
    buffer_append(&buffer, "a\0b", 3);
    buffer_append(&buffer, NULL, 0);
    check_int(buffer.size, 3);
    check(!memcmp(buffer.bytes, "a\0b", 4));
    buffer_clear(&buffer);
}
