/*
 * compress.h - zstd at level 1, for measurement blocks.
 *
 * Each frame ends with zstd's own checksum of 4 bytes (RFC 8878, section 3.1.1): a changed bit is
 * found. Frames without one, of earlier versions, are read as well.
 *
 * Each thread keeps one working memory, made at its first use and freed at its end.
 */
#ifndef BASE_COMPRESS_H
#define BASE_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Room that compress_bytes() never passes for `size` bytes. */
size_t compress_bound(size_t size);

/* Bytes written to `out`; 0 when `room` is too small. */
size_t compress_bytes(void *out, size_t room, const void *bytes, size_t size);

/* How many bytes decompress_bytes() will give. False for what
 * compress_bytes() has not written, or when it would be more than `limit`. */
bool decompressed_size(size_t *out, const void *bytes, size_t size, size_t limit);

/* Sets *written. False when the bytes are damaged or do not fit into `room`; a frame without a
 * checksum may be damaged and give other bytes. */
bool decompress_bytes(void *out, size_t room, size_t *written, const void *bytes, size_t size);

#endif
