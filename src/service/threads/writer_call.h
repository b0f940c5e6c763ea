/* writer_call.h - runs a transaction of a background thread on the writer's thread, and waits. */
#ifndef SERVICE_THREADS_WRITER_CALL_H
#define SERVICE_THREADS_WRITER_CALL_H

#include "service/core/transaction.h"
#include "service/threads/writer.h"

struct writer_work {
    transaction_body *body;        /* runs in its own transaction, with `arena` */
    void (*committed)(void *with); /* runs after the commit, before the writer continues; or NULL */
    void *with;                    /* for both */
    struct arena *arena;
};

/* Runs the work and returns its result.
 *   failures of `body`; STATUS_BUSY: too much work waits, or the writer is stopping */
enum status writer_call(struct writer *writer, const struct writer_work *work, struct fault *fault);

#endif
