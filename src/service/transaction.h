/*
 * transaction.h - the one way in which a service writes.
 */
#ifndef SERVICE_TRANSACTION_H
#define SERVICE_TRANSACTION_H

#include "service/call.h"

typedef enum status transaction_body(struct call *call, void *with);

/* Runs `body` in one write transaction and commits. Joins one that is open.
 * Repeats the whole body (so it must give the same from the same state, and
 * write its results anew) when the store says busy: a conflict of two
 * transactions or a lost connection, at most TRANSACTION_TRIES times. A dry
 * run rolls back after a good end.
 *   what `body` returns, or
 *   STATUS_BUSY    nothing was changed; the same call may be made again. With the code
 *                  clock_behind it was not tried again (clock.h)
 *   STATUS_BROKEN  the store is broken; nothing was changed */
enum status transact(struct call *call, transaction_body *body, void *with);

/* The same for several reads that must see one state; never writes. */
enum status read_transact(struct call *call, transaction_body *body, void *with);

enum { TRANSACTION_TRIES = 8 };

#endif
