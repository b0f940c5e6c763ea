/* sealer.h - the thread that seals measurements in the background (sealing.h). */
#ifndef SERVICE_THREADS_SEALER_H
#define SERVICE_THREADS_SEALER_H

#include "service/threads/writer.h"

struct sealer;

struct sealer_options {
    const struct store_options *store; /* the mode aside; outlives the sealer, as its texts do */
    struct writer *writer;             /* writes each step */
    struct tail *tail;
    /* Opens its reading store; NULL: store_open(). For test suites. */
    enum status (*open)(struct store **out, const struct store_options *options,
                        struct fault *fault);
};

/* A round seals all that waits. It begins when a message has waited for an hour, or when more than
 * sealer_most_messages() wait. A sensor that cannot be sealed is logged and passed by. */
enum {
    SEALER_MOST_AGE_SECONDS = 3600,
    SEALER_MOST_MESSAGES = 500 * 1000,
    SEALER_MOST_A_SENSOR = 4, /* of the sensors that send, where these are more */
};

size_t sealer_most_messages(struct tail *tail);

/* Opens its own reading store; the caller stops it before the writer. When a step shows that the
 * store was behind the writer, or that another process has sealed, it is closed and opened anew.
 * Failures as store_open(). */
enum status sealer_start(struct sealer **out, const struct sealer_options *options,
                         struct fault *fault);
void sealer_stop(struct sealer *sealer); /* ends between two steps; NULL is allowed */

#endif
