#include "service/threads/writer_log.h"

#include <inttypes.h>
#include <string.h>

#include "service/core/clock.h"

/* INGEST_TRY_AGAIN is logged as store.unavailable. */
static const char *const events[INGEST_VERDICT_COUNT] = {
    [INGEST_UNKNOWN_SENSOR] = "ingest.unknown_sensor",
    [INGEST_BAD_TOKEN] = "ingest.bad_token",
};

void
writer_log_batch(struct writer_log *log, enum status status, const struct fault *fault)
{
    bool unavailable = status && !clock_has_failed(fault);

    if (unavailable && !log->store_unavailable)
        log_line(LOG_ERROR, "store.unavailable", "measurements are not stored: %s", fault->reason);
    if (!unavailable && log->store_unavailable)
        log_line(LOG_INFO, "store.available", "measurements are stored");
    log->store_unavailable = unavailable;
    writer_log_verb(log, status, fault);
}

void
writer_log_verb(struct writer_log *log, enum status status, const struct fault *fault)
{
    bool failed = status && clock_has_failed(fault);

    if (failed && !log->clock_failed)
        log_line(LOG_ERROR, !strcmp(fault->code, "clock_behind") ? "clock.behind" : "clock.differs",
                 "nothing is written: %s", fault->reason);
    if (!status && log->clock_failed)
        log_line(LOG_INFO, "clock.right", "writing continues");
    log->clock_failed = failed || (status && log->clock_failed);
}

void
writer_log_item(struct writer_log *log, const struct ingest_item *item)
{
    const char *event = events[item->verdict];
    char serial[SERIAL_TEXT_SIZE];

    if (!event)
        return;
    uint64_t count = log_pause_count(&log->pauses[item->verdict], monotonic_nanoseconds());
    if (count == 0)
        return;
    serial_format(serial, item->delivery->serial);
    log_line(LOG_WARNING, event, "serial=%s count=%" PRIu64, serial, count);
}

void
writer_count_item(struct writer_counts *counts, const struct ingest_item *item)
{
    counts->packets++;
    counts->unknown_sensor += item->verdict == INGEST_UNKNOWN_SENSOR;
    counts->bad_token += item->verdict == INGEST_BAD_TOKEN;
    counts->try_again += item->verdict == INGEST_TRY_AGAIN;
    if (item->verdict == INGEST_TRY_AGAIN)
        return;
    counts->samples_saved += item->saved;
    counts->samples_refused += item->refused;
}

void
writer_log_counts(const struct writer_counts *counts)
{
    log_line(LOG_INFO, "writer.stopped",
             "commits=%" PRIu64 " packets=%" PRIu64 " samples_saved=%" PRIu64
             " samples_refused=%" PRIu64 " unknown_sensor=%" PRIu64 " bad_token=%" PRIu64
             " try_again=%" PRIu64,
             counts->commits, counts->packets, counts->samples_saved, counts->samples_refused,
             counts->unknown_sensor, counts->bad_token, counts->try_again);
}
