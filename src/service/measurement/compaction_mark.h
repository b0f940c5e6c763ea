/*
 * compaction_mark.h - the value `compaction_step` in the store, which each step of compaction
 * changes.
 *
 * Form: the number of the step, 8 bytes, the most significant first; then 8 random bytes, so that
 * two processes never write the same one. Values of earlier programs were entirely random; the
 * numbers continue from there, and wrap.
 */
#ifndef SERVICE_MEASUREMENT_COMPACTION_MARK_H
#define SERVICE_MEASUREMENT_COMPACTION_MARK_H

#include <stdbool.h>

#include "statements.h"

enum { COMPACTION_MARK_BYTES = 16 };

/* The value after `before`. An empty `before`: no step was ever written. */
void compaction_mark_next(uint8_t out[COMPACTION_MARK_BYTES], struct bytes before);

/* `value` has a smaller number than `written`: the store does not hold that step. */
bool compaction_mark_is_before(struct bytes value, const uint8_t written[COMPACTION_MARK_BYTES]);

#endif
