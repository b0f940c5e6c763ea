/*
 * clock.h - a clock set back never brings an expired license to life (rule 10).
 *
 * The store keeps the latest instant acted on. No write is decided for an earlier
 * one: a little behind, time stands still at the mark; further behind, writes are
 * put off until the clock is right.
 */
#ifndef SERVICE_CLOCK_H
#define SERVICE_CLOCK_H

#include "service/call.h"

enum {
    CLOCK_SLACK_SECONDS = 60, /* so far behind the mark, time stands still at it */
    CLOCK_MARK_SECONDS = 30,  /* the mark is moved on at least this often while there are writes */
};

/* The latest instant acted on; 0 in a fresh store. */
enum status clock_mark(struct call *call, utc_seconds *out);

/* In a write transaction, before anything is decided: sets call->now to the mark when
 * the clock is a little behind it, and moves the mark on when it is old.
 *   STATUS_BUSY clock_behind: the clock is further behind */
enum status clock_settle(struct call *call);

#endif
