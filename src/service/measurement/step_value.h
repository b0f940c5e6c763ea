/*
 * step_value.h - the value `sealing_step` in the store, which each step of sealing changes.
 *
 * Form: the number of the step, 8 bytes, the most significant first; then 8 random bytes, so that
 * two processes never write the same one. Values of earlier programs were entirely random: the
 * numbers go on from there, and wrap.
 */
#ifndef SERVICE_MEASUREMENT_STEP_VALUE_H
#define SERVICE_MEASUREMENT_STEP_VALUE_H

#include <stdbool.h>

#include "statements.h"

enum { STEP_VALUE_BYTES = 16 };

/* The value after `before`, which may be empty: no step was ever written. */
void step_value_next(uint8_t out[STEP_VALUE_BYTES], struct bytes before);

/* `value` has a smaller number than `written`: the store does not hold that step. */
bool step_value_is_before(struct bytes value, const uint8_t written[STEP_VALUE_BYTES]);

#endif
