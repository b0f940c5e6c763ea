/* manager_pattern.h - the LIKE pattern of a search for serials; private to this room. */
#ifndef SERVICE_MANAGER_MANAGER_PATTERN_H
#define SERVICE_MANAGER_MANAGER_PATTERN_H

#include "service/core/like_pattern.h"
#include "service/manager/manager.h"

/* A pattern for "contains" in the form of a serial: upper case, without separators. "" if nothing
 * else is left; it matches no serial. */
void manager_serial_pattern(char out[LIKE_PATTERN_SIZE], const char *text);

#endif
