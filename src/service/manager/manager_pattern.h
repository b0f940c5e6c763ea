/* manager_pattern.h - the LIKE patterns of a search; private to this room. */
#ifndef SERVICE_MANAGER_MANAGER_PATTERN_H
#define SERVICE_MANAGER_MANAGER_PATTERN_H

#include "base/unicode.h"
#include "service/manager/manager.h"

enum { MANAGER_PATTERN_SIZE = 2 * UNICODE_FOLDED_MOST_BYTES + 3 };

/* A pattern (ESCAPE '!') for "contains". */
void manager_pattern(char out[MANAGER_PATTERN_SIZE], const char *text);

/* The same in the form of a serial: upper case, without separators. "" if nothing else is left; it
 * matches no serial. */
void manager_serial_pattern(char out[MANAGER_PATTERN_SIZE], const char *text);

#endif
