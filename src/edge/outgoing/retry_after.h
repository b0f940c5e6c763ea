/* retry_after.h - reads the header Retry-After of an HTTP answer. */
#ifndef EDGE_OUTGOING_RETRY_AFTER_H
#define EDGE_OUTGOING_RETRY_AFTER_H

#include "base/utc.h"

enum { RETRY_AFTER_SIZE = 64 }; /* a longer value is not a time */

/* Reads seconds, or a date in one of the three forms that HTTP knows (RFC 9110, sections 10.2.3 and
 * 5.6.7). Returns the instant, never before `now`; 0 for other texts. A number of seconds that is
 * too large gives UTC_NEVER. */
utc_seconds retry_after_read(const char *text, utc_seconds now);

#endif
