#include <string.h>

#include "base/compress.h"
#include "support/check.h"

TEST(compress_gives_back_what_it_took)
{
    static char text[10000], packed[20000], again[10000];
    size_t whole, written = 0;

    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (char)('a' + i % 7);
    size_t size = compress_bytes(packed, sizeof packed, text, sizeof text);
    check(size > 0 && size < 200);
    check(compress_bound(sizeof text) > sizeof text);
    check(decompressed_size(&whole, packed, size, sizeof text));
    check_int(whole, sizeof text);
    check(decompress_bytes(again, sizeof again, &written, packed, size));
    check_int(written, sizeof text);
    check(!memcmp(text, again, sizeof text));
}

TEST(compress_says_when_there_is_no_room)
{
    char packed[64], small[4];
    size_t written = 7, whole = 7;

    check_int(compress_bytes(small, sizeof small, "hello, hello, hello", 19), 0);
    size_t size = compress_bytes(packed, sizeof packed, "hello, hello, hello", 19);
    check(size > 0);
    check(!decompressed_size(&whole, packed, size, 18));
    check(!decompress_bytes(small, sizeof small, &written, packed, size));
    check_int(written, 7);
    check_int(whole, 7);
}

TEST(compress_refuses_damaged_bytes)
{
    char out[64];
    size_t written, whole;

    check(!decompressed_size(&whole, "", 0, 100));
    check(!decompressed_size(&whole, "no frame at all", 15, 100));
    check(!decompress_bytes(out, sizeof out, &written, "no frame at all", 15));
}
