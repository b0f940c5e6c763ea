/*
 * throttle.h - slowing down whoever guesses.
 *
 * A subject is what a guess is counted against: "code:<organization>",
 * "sign_in:<e-mail>", "sign_up:<client address>". After THROTTLE_FREE_TRIES wrong
 * tries within an hour it waits, twice as long after each further wrong one, and
 * nothing is looked at meanwhile, right or wrong. A right one ends it, and so
 * does an hour of peace after the wait: nobody is locked out for good.
 */
#ifndef SERVICE_CORE_THROTTLE_H
#define SERVICE_CORE_THROTTLE_H

#include "service/core/call.h"

enum {
    THROTTLE_FREE_TRIES = 5,
    THROTTLE_WINDOW_SECONDS = 3600,
    THROTTLE_FIRST_WAIT_SECONDS = 30,
    THROTTLE_LONGEST_WAIT_SECONDS = 3600,
    THROTTLE_SUBJECT_SIZE = 300,
};

/* "<what>:<whom>"; what does not fit is cut. */
void throttle_subject(char out[THROTTLE_SUBJECT_SIZE], const char *what, const char *whom);

/* May the subject try now? A read.
 *   STATUS_SLOW_DOWN  `code` and `reason`, with fault.until */
enum status throttle_check(struct call *call, const char *subject, const char *code,
                           const char *reason);

/* The subject was right: all is forgotten. Inside a transaction. */
enum status throttle_forget(struct call *call, const char *subject);

/* Counts a try of the subject, right or wrong, in the transaction that is open: where each
 * one is to be slowed down. */
enum status throttle_count(struct call *call, const char *subject);

/* Inside a transaction that is about to fail with `failed`, which it returns: has the
 * wrong try counted, in a transaction of its own, once this one is rolled back
 * (transact() does it, in a dry run too). Should that fail, its failure becomes the
 * verb's: what was not counted is not answered. */
enum status throttle_note_failure(struct call *call, const char *subject, enum status failed);

/* The rule itself. All zero: nothing has happened. */
struct throttle_record {
    utc_seconds recent[THROTTLE_FREE_TRIES]; /* latest wrong tries, oldest first */
    size_t recent_count;
    int64_t waits;
    utc_seconds wait_until;
    utc_seconds forget_at;
};
void throttle_add(struct throttle_record *record, utc_seconds now);

#endif
