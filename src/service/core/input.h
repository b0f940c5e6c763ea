/* input.h - what every text from outside has to keep to. */
#ifndef SERVICE_CORE_INPUT_H
#define SERVICE_CORE_INPUT_H

#include "service/core/call.h"

/* A name or note of `least` to `most` bytes, once the spaces around it are gone:
 * UTF-8 without control characters. The trimmed copy lives in the arena; NULL reads
 * as "".
 *   STATUS_INVALID  `field`, with the reason */
enum status input_text(struct call *call, const char *field, const char *text, size_t least,
                       size_t most, const char **out);

/* base/text.h's folding, in the arena. */
enum status input_fold(struct call *call, const char *text, const char **out);

#endif
