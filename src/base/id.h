/*
 * id.h - ids of rows: random positive 64-bit numbers, shown as 13 symbols of lower-case Crockford
 * Base32.
 */
#ifndef BASE_ID_H
#define BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ID_TEXT_SIZE = 14 }; /* 13 symbols and NUL */

/* 1 to INT64_MAX, from the system's generator. */
int64_t id_random(void);

void id_format(char out[ID_TEXT_SIZE], int64_t id);
/* False: id_format() does not write such a text. */
bool id_parse(int64_t *out, const char *text, size_t length);

#endif
