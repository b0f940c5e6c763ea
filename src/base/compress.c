#include "base/compress.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/memory.h"

enum { LEVEL = 1 };

/* To create a context costs more than to compress a block: each thread keeps its own. */
struct working_memory {
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void
free_memory(void *held)
{
    struct working_memory *memory = held;

    ZSTD_freeCCtx(memory->pack);
    ZSTD_freeDCtx(memory->unpack);
    free(memory);
}

static void
compress_make_key(void)
{
    if (pthread_key_create(&key, free_memory))
        abort();
}

static void
compress_set(ZSTD_CCtx *pack, ZSTD_cParameter parameter, int value)
{
    size_t result = ZSTD_CCtx_setParameter(pack, parameter, value);

    assert(!ZSTD_isError(result));
}

static struct working_memory *
memory_of_this_thread(void)
{
    pthread_once(&once, compress_make_key);
    struct working_memory *memory = pthread_getspecific(key);
    if (memory)
        return memory;

    memory = memory_new(1, sizeof *memory);
    memory->pack = memory_must(ZSTD_createCCtx());
    compress_set(memory->pack, ZSTD_c_compressionLevel, LEVEL);
    compress_set(memory->pack, ZSTD_c_checksumFlag, 1);
    memory->unpack = memory_must(ZSTD_createDCtx());
    if (pthread_setspecific(key, memory))
        abort();
    return memory;
}

size_t
compress_bound(size_t size)
{
    return ZSTD_compressBound(size);
}

size_t
compress_bytes(void *out, size_t room, const void *bytes, size_t size)
{
    size_t written = ZSTD_compress2(memory_of_this_thread()->pack, out, room, bytes, size);

    /* The other failure is a lack of memory, which ends the process. */
    assert(!ZSTD_isError(written) || ZSTD_getErrorCode(written) == ZSTD_error_dstSize_tooSmall);
    return ZSTD_isError(written) ? 0 : written;
}

bool
decompressed_size(size_t *out, const void *bytes, size_t size, size_t limit)
{
    unsigned long long whole = ZSTD_getFrameContentSize(bytes, size);

    /* The two largest values mean "unknown" and "damaged". */
    if (whole >= ZSTD_CONTENTSIZE_ERROR || whole > limit)
        return false;
    *out = (size_t)whole;
    return true;
}

bool
decompress_bytes(void *out, size_t room, size_t *written, const void *bytes, size_t size)
{
    size_t got = ZSTD_decompressDCtx(memory_of_this_thread()->unpack, out, room, bytes, size);

    if (ZSTD_isError(got))
        return false;
    *written = got;
    return true;
}
