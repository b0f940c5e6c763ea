/*
 * front.h - a driver in front of the real one, for stores that a test opens itself.
 *
 * Each such store of a process is steered by the one `front`. front_reset() before a test.
 */
#ifndef SUPPORT_FRONT_H
#define SUPPORT_FRONT_H

#include "support/store_fixture.h"

struct front {
    int writes; /* write transactions begun so far */
    int opens;  /* connections opened so far */
    /* This statement fails with STATUS_BROKEN where one of its parameters is one of these; with
     * `failing_at`, the n-th statement of them all that has such a parameter, whatever its name. */
    const char *failing;
    int failing_at, failing_seen;
    char failed[64];           /* its name */
    const char *const *spared; /* begins of the names of statements that never fail; NULL ends it */
    const int64_t *failing_numbers;
    size_t failing_count;
    /* A connection that is opened for reading while this is true keeps the snapshot of that moment:
     * as if it had reached a standby that no longer follows. */
    bool stands_still;
};

extern struct front front;

void front_reset(struct fixture *fixture);

/* As store_open(). */
enum status front_open(struct store **out, const struct store_options *options,
                       struct fault *fault);

/* The same for a test, which closes it. */
struct store *front_open_second(struct fixture *fixture, enum store_mode mode);

#endif
