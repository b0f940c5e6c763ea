/* writer_log.h - the log lines of the writer's thread, and its counts. */
#ifndef SERVICE_THREADS_WRITER_LOG_H
#define SERVICE_THREADS_WRITER_LOG_H

#include "base/log.h"
#include "service/ingest/ingest.h"

/* Zeroed: all is well. */
struct writer_log {
    bool store_unavailable, clock_failed;
    struct log_pause pauses[INGEST_VERDICT_COUNT];
};

/* Logs a change in how batches end: store.unavailable, store.available, clock.behind,
 * clock.differs, clock.right. A wrong clock is not the store's fault. */
void writer_log_batch(struct writer_log *log, enum status status, const struct fault *fault);

/* The same for a verb, which shows only the clock. Not for a verb that runs under any clock. */
void writer_log_verb(struct writer_log *log, enum status status, const struct fault *fault);

/* Logs ingest.unknown_sensor and ingest.bad_token, each at most once in LOG_PAUSE_SECONDS. */
void writer_log_item(struct writer_log *log, const struct ingest_item *item);

/* Since the start. */
struct writer_counts {
    uint64_t commits; /* of packets */
    uint64_t packets;
    uint64_t samples_saved, samples_refused;
    uint64_t unknown_sensor, bad_token, try_again; /* packets */
    /* The last batch was stored, or failed only because of the clock. */
    bool store_available;
};

void writer_count_item(struct writer_counts *counts, const struct ingest_item *item);

/* Logs writer.stopped. */
void writer_log_counts(const struct writer_counts *counts);

#endif
