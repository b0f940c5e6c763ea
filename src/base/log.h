/*
 * log.h - one line an event on standard error: time, level, event, key=value.
 * Under systemd (JOURNAL_STREAM set) the level goes out as a sd-daemon prefix and the time is
 * left out.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/status.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_LEVEL_COUNT };

/* Lines below `level` are dropped. Once, before any thread starts. */
void log_start(enum log_level level);

/* log_line(LOG_INFO, "http.started", "address=%s", text). Never a secret. A line break or
 * another control character in it is written as an escape. Safe from every thread. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* For what may happen all the time: one line stands for all of LOG_PAUSE_SECONDS. Zeroed:
 * nothing has happened. */
enum { LOG_PAUSE_SECONDS = 10 };
struct log_pause {
    int64_t until; /* monotonic nanoseconds */
    uint64_t count;
};

/* It happened once more, at `now` (monotonic nanoseconds): how often since the last line, this
 * time counted. 0: not now. */
uint64_t log_pause_count(struct log_pause *pause, int64_t now);

#endif
