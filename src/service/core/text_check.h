/* text_check.h - checks and normalizes texts from outside. */
#ifndef SERVICE_CORE_TEXT_CHECK_H
#define SERVICE_CORE_TEXT_CHECK_H

#include "service/core/call.h"

enum { INPUT_TEXT_MOST_BYTES = 1000 };

/* A name or note of `least` to `most` bytes (at most INPUT_TEXT_MOST_BYTES) in Normalization Form
 * C, once the spaces around it are gone: one line of UTF-8 that unicode_check() takes. *out is that
 * form, in the arena; NULL reads as "". An empty one is fine where `least` is 0.
 *   STATUS_INVALID  `field`, with the reason */
enum status input_text(struct call *call, const char *field, const char *text, size_t least,
                       size_t most, const char **out);

/* What unicode_nfc() makes of it, in the arena. */
enum status input_nfc(struct call *call, const char *text, const char **out);

/* What unicode_fold() makes of it, in the arena. */
enum status input_fold(struct call *call, const char *text, const char **out);

#endif
