/* sealer.h - the thread that seals measurements in the background (sealing.h). */
#ifndef SERVICE_SEALER_H
#define SERVICE_SEALER_H

#include "service/writer.h"

struct sealer;

struct sealer_options {
    const struct store_options *store; /* the mode aside */
    struct writer *writer;             /* writes each step */
    struct tail *tail;
};

enum {
    SEALER_MOST_AGE_SECONDS = 3600,   /* a message waits no longer in the journal, */
    SEALER_MOST_MESSAGES = 100 * 1000 /* and the journal grows no longer than this */
};

/* Opens its own reading store; the caller stops it before the writer. Failures as store_open(). */
enum status sealer_start(struct sealer **out, const struct sealer_options *options,
                         struct fault *fault);
void sealer_stop(struct sealer *sealer); /* ends between two steps; NULL is allowed */

#endif
