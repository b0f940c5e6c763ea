/* like_pattern.h - LIKE patterns (ESCAPE '!') for "contains". */
#ifndef SERVICE_CORE_LIKE_PATTERN_H
#define SERVICE_CORE_LIKE_PATTERN_H

#include "base/unicode.h"

enum { LIKE_PATTERN_SIZE = 2 * UNICODE_FOLDED_MOST_BYTES + 3 };

/* Matches texts that contain `text`, which has at most UNICODE_FOLDED_MOST_BYTES. */
void like_pattern(char out[LIKE_PATTERN_SIZE], const char *text);

/* The same for folded texts (base/unicode.h): folds `text` first, of any length. */
void like_pattern_fold(char out[LIKE_PATTERN_SIZE], const char *text);

#endif
