#include "base/gzip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "support/check.h"

enum { SIZE = 300000 };

static size_t
pack(char *out, size_t room, const char *text, size_t piece, size_t block)
{
    struct gzip *gzip = gzip_begin();
    size_t left = SIZE, size = 0;

    while (!gzip_is_over(gzip)) {
        size_t given = left < piece ? left : piece;
        struct gzip_input input = { text, given, given == left };
        size += gzip_write(gzip, &input, out + size, block < room - size ? block : room - size);
        left -= given - input.size;
        text = input.at;
    }
    gzip_end(gzip);
    return size;
}

static void
check_unpacked(const char *packed, size_t size, const char *text)
{
    char *out = malloc(SIZE + 1);
    z_stream stream = { .next_in = (Bytef *)packed,
                        .avail_in = (uInt)size,
                        .next_out = (Bytef *)out,
                        .avail_out = SIZE + 1 };

    check_int(inflateInit2(&stream, 15 + 16), Z_OK);
    check_int(inflate(&stream, Z_FINISH), Z_STREAM_END);
    check_int((int64_t)stream.total_out, SIZE);
    check(!memcmp(out, text, SIZE));
    inflateEnd(&stream);
    free(out);
}

TEST(a_stream_is_the_same_in_pieces_of_any_size)
{
    static const size_t pieces[][2] = { { SIZE, SIZE }, { 1000, 7 }, { 1, 4096 }, { 65536, 1000 } };
    char *text = malloc(SIZE + 32), *packed = malloc(SIZE);

    for (size_t i = 0; i < SIZE; i += 16)
        snprintf(text + i, 17, "%015zu,", i);
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t size = pack(packed, SIZE, text, pieces[i][0], pieces[i][1]);
        check(size > 0 && size < SIZE / 3);
        check_unpacked(packed, size, text);
    }
    free(text);
    free(packed);
}
