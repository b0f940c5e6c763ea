/* writer_log.h - what the writer's thread tells the log: changes, and now and then a count. */
#ifndef SERVICE_THREADS_WRITER_LOG_H
#define SERVICE_THREADS_WRITER_LOG_H

#include "base/log.h"
#include "service/ingest/ingest.h"

/* Zeroed: all is well. */
struct writer_log {
    bool store_unavailable, clock_behind;
    struct log_pause pauses[INGEST_VERDICT_COUNT];
};

/* How a batch of packets ended: store.unavailable, store.available, clock.behind, clock.right,
 * each when it changes. A clock that is behind is not the store's fault. */
void writer_log_batch(struct writer_log *log, enum status status, const struct fault *fault);

/* How a verb ended: it tells about the clock only. */
void writer_log_verb(struct writer_log *log, enum status status, const struct fault *fault);

/* ingest.unknown_sensor and ingest.bad_token, at most a line each in LOG_PAUSE_SECONDS. */
void writer_log_item(struct writer_log *log, const struct ingest_item *item);

/* What the writer has done since the start. */
struct writer_counts {
    uint64_t commits; /* of packets */
    uint64_t packets;
    uint64_t samples_saved, samples_refused;
    uint64_t unknown_sensor, bad_token, try_again; /* packets */
    /* The store took the last batch, or did not because the clock is behind. */
    bool store_available;
};

void writer_count_item(struct writer_counts *counts, const struct ingest_item *item);

/* At the end: writer.stopped. */
void writer_log_counts(const struct writer_counts *counts);

#endif
