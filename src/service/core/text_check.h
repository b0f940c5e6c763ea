/* text_check.h - checks and normalizes texts from outside. */
#ifndef SERVICE_CORE_TEXT_CHECK_H
#define SERVICE_CORE_TEXT_CHECK_H

#include "service/core/call.h"

enum { INPUT_TEXT_MOST_BYTES = 1000 };

/* Checks a name or note and replaces *text by its normal form in the arena: Normalization Form C
 * without spaces around it. NULL is "". The text must be one line of UTF-8 that unicode_check()
 * accepts, with `least` to `most` bytes (at most INPUT_TEXT_MOST_BYTES).
 *   STATUS_INVALID  `field`, with the reason */
enum status input_text(struct call *call, const char *field, size_t least, size_t most,
                       const char **text);

/* Applies unicode_fold(). *out is in the arena. */
enum status input_fold(struct call *call, const char *text, const char **out);

#endif
