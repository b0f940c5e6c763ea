#include "base/gzip.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"

enum {
    LEVEL = 1,             /* the quickest; JSON and CSV shrink to a tenth by it */
    WINDOW_BITS = 15 + 16, /* 32 KiB; 16: with the head of gzip */
    MEMORY_LEVEL = 8,
};

struct gzip {
    z_stream stream;
    bool over;
};

struct gzip *
gzip_begin(void)
{
    struct gzip *gzip = memory_new(1, sizeof *gzip);

    if (deflateInit2(&gzip->stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL,
                     Z_DEFAULT_STRATEGY)
        != Z_OK)
        abort(); /* out of memory, as memory_new() does */
    return gzip;
}

void
gzip_end(struct gzip *gzip)
{
    if (!gzip)
        return;
    deflateEnd(&gzip->stream);
    free(gzip);
}

size_t
gzip_write(struct gzip *gzip, struct gzip_input *input, char *out, size_t most)
{
    z_stream *stream = &gzip->stream;

    assert(input->size <= UINT_MAX && most <= UINT_MAX);
    if (gzip->over)
        return 0;
    stream->next_in = (Bytef *)(uintptr_t)input->at;
    stream->avail_in = (uInt)input->size;
    stream->next_out = (Bytef *)out;
    stream->avail_out = (uInt)most;
    gzip->over = deflate(stream, input->last ? Z_FINISH : Z_NO_FLUSH) == Z_STREAM_END;
    input->at += input->size - stream->avail_in;
    input->size = stream->avail_in;
    return most - stream->avail_out;
}

bool
gzip_is_over(const struct gzip *gzip)
{
    return gzip->over;
}
