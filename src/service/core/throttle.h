/*
 * throttle.h - slows down guessing.
 *
 * Wrong tries count against a subject: "code:<organization>". Strangers' tries count by
 * guess_counter.h, with the same rule. After THROTTLE_FREE_TRIES wrong tries within an hour the
 * subject must wait, twice as long after each further wrong try. Meanwhile no try is checked, right
 * or wrong. A right try clears the subject, and so does an hour without tries after the wait:
 * nobody is locked out for good. Attempts that a wrong clock has dated far ahead do not count.
 *
 * A quota limits how often a subject may do something within 24 hours, such as send invitations.
 */
#ifndef SERVICE_CORE_THROTTLE_H
#define SERVICE_CORE_THROTTLE_H

#include "base/varint.h"
#include "service/core/call.h"
#include "service/core/clock.h"

enum {
    THROTTLE_FREE_TRIES = 5,
    THROTTLE_WINDOW_SECONDS = 3600,
    THROTTLE_FIRST_WAIT_SECONDS = 30,
    THROTTLE_LONGEST_WAIT_SECONDS = 3600,
    THROTTLE_KEPT_MOST_SECONDS = THROTTLE_LONGEST_WAIT_SECONDS + THROTTLE_WINDOW_SECONDS
                                 + CLOCK_SLACK_SECONDS,
    THROTTLE_SUBJECT_SIZE = 300,
    THROTTLE_MOST_QUOTA = 200,
    THROTTLE_MOST_FREE_TRIES = 20,
    THROTTLE_RECENT_BYTES = THROTTLE_MOST_FREE_TRIES * VARINT_MOST_BYTES,
};

/* "<what>:<whom>"; what does not fit is cut. */
void throttle_subject(char out[THROTTLE_SUBJECT_SIZE], const char *what, const char *whom);

/* May the subject try now? A read.
 *   STATUS_SLOW_DOWN  `code` and `reason`, with fault.until */
enum status throttle_check(struct call *call, const char *subject, const char *code,
                           const char *reason);

/* Clears the subject after a right try. Inside a transaction. */
enum status throttle_forget(struct call *call, const char *subject);

/* Counts a try, right or wrong, in the open transaction: for actions that are limited themselves,
 * such as sending mails. */
enum status throttle_count(struct call *call, const char *subject);

/* Inside a transaction that is about to fail with `failed`, which this returns. After the rollback
 * transact() counts the wrong try in its own transaction, even in a dry run. If that fails, the
 * verb fails with it: a try that was not counted gets no answer. */
enum status throttle_count_failure(struct call *call, const char *subject, enum status failed);

struct throttle_quota {
    const char *subject;
    size_t most; /* in 24 hours; at most THROTTLE_MOST_QUOTA */
    const char *code, *reason;
};

/* Takes one of a quota, in the open transaction, and locks the subject until its end, so that two
 * servers cannot both take the last one.
 *   STATUS_SLOW_DOWN  the quota's code and reason; fault.until: the time at which the oldest one is
 * a day old */
enum status throttle_quota_take(struct call *call, const struct throttle_quota *quota);

/* The rule itself. All zero: no tries. */
struct throttle_record {
    utc_seconds recent[THROTTLE_MOST_FREE_TRIES]; /* latest wrong tries, oldest first */
    size_t recent_count;
    int64_t waits;
    utc_seconds wait_until;
    utc_seconds forget_at;
};

/* Adds a wrong try. `free_tries`: how many within an hour cost no wait, plus one;
 * 1 to THROTTLE_MOST_FREE_TRIES. */
void throttle_add(struct throttle_record *record, utc_seconds now, size_t free_tries);

/* Fails while a try has to wait for `wait_until`. It need not if a wrong clock has dated it far
 * ahead.
 *   STATUS_SLOW_DOWN  `code` and `reason`, with fault.until */
enum status throttle_wait(struct call *call, utc_seconds wait_until, const char *code,
                          const char *reason);

/* `recent` as a row has it, at most THROTTLE_RECENT_BYTES. */
void throttle_read_recent(struct throttle_record *record, const uint8_t *bytes, size_t size);
size_t throttle_write_recent(uint8_t *out, const struct throttle_record *record);

/* The next wait after so many waits: 30 s, then twice as long each time, at most an hour. */
int64_t throttle_wait_seconds(int64_t waits);

/* Deletes some rows that are no longer needed, and those that the transaction has locked and not
 * written. */
enum status throttle_drop_old(struct call *call);

#endif
