/*
 * compress.h - zstd at level 1, for measurement blocks.
 *
 * Each frame ends with the checksum of zstd, 4 bytes (RFC 8878, section 3.1.1), which detects
 * changed bits. Frames of earlier versions have none; they are readable too.
 *
 * Each thread keeps its working memory from its first call to its end.
 */
#ifndef BASE_COMPRESS_H
#define BASE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes that compress_bytes() writes for `size` bytes. */
size_t compress_bound(size_t size);

/* Returns the bytes written to `out`; 0: `room` is too small. */
size_t compress_bytes(void *out, size_t room, const void *bytes, size_t size);

/* The bytes that decompress_bytes() will write. False: more than `limit`, or not written by
 * compress_bytes(). */
bool decompressed_size(size_t *out, const void *bytes, size_t size, size_t limit);

/* Sets *written. False: the bytes are damaged or do not fit into `room`. Damage may stay undetected
 * in a frame without a checksum. */
bool decompress_bytes(void *out, size_t room, size_t *written, const void *bytes, size_t size);

#endif
