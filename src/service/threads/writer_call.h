/* writer_call.h - a background thread has the writer do something, and waits. */
#ifndef SERVICE_THREADS_WRITER_CALL_H
#define SERVICE_THREADS_WRITER_CALL_H

#include "service/core/transaction.h"
#include "service/threads/writer.h"

/* Runs `body` on the writer's thread in a transaction of its own, with `arena`, and
 * returns how it ended. `committed` (or NULL) runs after the commit, before the
 * writer does anything else.
 *   what `body` returns; STATUS_BUSY: too much is waiting, or the writer is stopping */
enum status writer_call(struct writer *writer, struct arena *arena, transaction_body *body,
                        void (*committed)(void *with), void *with, struct fault *fault);

#endif
