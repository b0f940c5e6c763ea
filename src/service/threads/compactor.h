/* compactor.h - the thread that compacts measurements in the background (compaction.h). */
#ifndef SERVICE_THREADS_COMPACTOR_H
#define SERVICE_THREADS_COMPACTOR_H

#include "service/threads/writer.h"

struct compactor;

struct compactor_options {
    const struct store_options
        *store;            /* its mode is ignored; it and its texts outlive the compactor */
    struct writer *writer; /* writes each step */
    struct journal_index *journal_index;
    /* Opens its reading store; NULL: store_open(). For test suites. */
    enum status (*open)(struct store **out, const struct store_options *options,
                        struct fault *fault);
};

/* A round compacts all waiting messages. It begins when a message has waited for an hour, or when
 * more than compactor_most_messages() wait. A sensor that cannot be compacted is logged and
 * skipped. On a shared store a server also compacts messages that another one has left for twice
 * as long. */
enum {
    COMPACTOR_MOST_AGE_SECONDS = 3600,
    COMPACTOR_MOST_MESSAGES = 500 * 1000,
    COMPACTOR_MOST_A_SENSOR = 4, /* messages a sensor that sends, where that is more */
};

size_t compactor_most_messages(struct journal_index *journal_index);

/* Opens its own reading store; the caller stops the compactor before the writer. If a step shows
 * that the store was behind the writer, or that another process has compacted, the store is opened
 * again. Failures as store_open(). */
enum status compactor_start(struct compactor **out, const struct compactor_options *options,
                            struct fault *fault);
void compactor_stop(struct compactor *compactor); /* it ends between two steps; NULL is allowed */

#endif
