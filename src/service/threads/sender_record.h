/* sender_record.h - the sender's writes: claims tries and records how they ended, many at a time.
 */
#ifndef SERVICE_THREADS_SENDER_RECORD_H
#define SERVICE_THREADS_SENDER_RECORD_H

#include "base/sleeper.h"
#include "service/threads/sender_running.h"
#include "service/threads/writer.h"

struct sender_records {
    struct writer *writer;
    struct sleeper *sleeper; /* of the thread that writes */
    struct arena arena;
};

void sender_records_init(struct sender_records *records, struct writer *writer,
                         struct sleeper *sleeper);
void sender_records_clear(struct sender_records *records);

struct sending_batch {
    struct sending *items[SENDER_MOST_RUNNING];
    size_t count;
};

/* Sets `claimed` of each try. False: it failed, and no try is claimed. Logs a failure, but not a
 * busy writer. */
bool sender_claim(struct sender_records *records, struct sending_batch *batch);

/* Records the outcome of each try. Waits a second for a busy writer; otherwise the messages would
 * be sent once more. Logs the tries that cannot be recorded. */
void sender_record(struct sender_records *records, struct sending_batch *batch);

#endif
