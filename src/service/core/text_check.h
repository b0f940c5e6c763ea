/* text_check.h - checks and normalizes texts from outside. */
#ifndef SERVICE_CORE_TEXT_CHECK_H
#define SERVICE_CORE_TEXT_CHECK_H

#include "service/core/call.h"

enum { INPUT_TEXT_MOST_BYTES = 1000 };

/* Trims a name or note, and normalizes it to Normalization Form C, in the arena. It must be one
 * line of UTF-8 that unicode_check() accepts, of `least` to `most` bytes (at most
 * INPUT_TEXT_MOST_BYTES). NULL reads as "". STATUS_INVALID  `field`, with the reason */
enum status input_text(struct call *call, const char *field, const char *text, size_t least,
                       size_t most, const char **out);

/* The text in Normalization Form C, in the arena. */
enum status input_nfc(struct call *call, const char *text, const char **out);

/* The text folded by unicode_fold(), in the arena. */
enum status input_fold(struct call *call, const char *text, const char **out);

#endif
