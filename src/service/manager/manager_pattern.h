/* manager_pattern.h - what a search asks the store for. For service/manager*.c only. */
#ifndef SERVICE_MANAGER_MANAGER_PATTERN_H
#define SERVICE_MANAGER_MANAGER_PATTERN_H

#include "base/unicode.h"
#include "service/manager/manager.h"

enum { MANAGER_PATTERN_SIZE = 2 * UNICODE_FOLDED_MOST_BYTES + 3 };

/* A LIKE pattern (ESCAPE '!') for "contains". */
void manager_pattern(char out[MANAGER_PATTERN_SIZE], const char *text);

/* As it stands in a serial: upper case, without separators. "" for a text of nothing else,
 * which is in no serial. */
void manager_serial_pattern(char out[MANAGER_PATTERN_SIZE], const char *text);

#endif
