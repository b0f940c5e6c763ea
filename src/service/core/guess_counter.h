/*
 * guess_counter.h - slows down strangers who guess, by account and network.
 *
 * A counter follows the rule of throttle.h. It differs in two ways: what strangers send makes at
 * most GUESS_COUNTERS_MOST rows, and the store does not show to which account or network a row
 * belongs. A keyed hash names the row. Two counters with one row replace each other, so that a
 * counter can be lost early, but never counts for another one. docs/decisions/0012 has the reasons.
 */
#ifndef SERVICE_CORE_GUESS_COUNTER_H
#define SERVICE_CORE_GUESS_COUNTER_H

#include "service/core/call.h"

enum { GUESS_COUNTERS_MOST = 65536 };

/* The counter of `what` ("sign_in") for an account and a place. Both may be "". `account` is an
 * e-mail address or an id; `place` is a network or a browser. */
void guess_counter_name(struct call *call, const char *what, const char *account, const char *place,
                        struct guess_counter *out);

/* May it try now? A read.
 *   STATUS_SLOW_DOWN  `code` and `reason`, with fault.until */
enum status guess_check(struct call *call, const struct guess_counter *counter, const char *code,
                        const char *reason);

/* Were there more wrong tries within an hour than are free, and no quiet hour since? A read. */
enum status guess_is_pausing(struct call *call, const struct guess_counter *counter, bool *out);

/* Clears the counter after a right try. Inside a transaction. */
enum status guess_forget(struct call *call, const struct guess_counter *counter);

/* Counts a try in the open transaction, in at most GUESS_COUNTERS_AT_ONCE counters. Call it once a
 * transaction: it takes their locks in a fixed order. */
enum status guess_count(struct call *call, const struct guess_counter *counters, size_t count);

/* As throttle_count_failure(), for counters. */
enum status guess_count_failure(struct call *call, const struct guess_counter *counters,
                                size_t count, enum status failed);

#endif
