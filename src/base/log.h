/*
 * log.h - one line an event on standard error: time, level, event, key=value.
 * Under systemd (JOURNAL_STREAM is set) the level is an sd-daemon prefix, and there is no time.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/status.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_LEVEL_COUNT };

/* Drops lines below `level`. Call it once, before any thread starts. */
void log_start(enum log_level level);

/* log_line(LOG_INFO, "http.started", "address=%s", text). Log no secrets. Control characters, such
 * as line breaks, become escapes. Any thread may call it. */
void log_line(enum log_level level, const char *event, const char *format, ...) PRINTF_LIKE(3, 4);

/* Limits a frequent event to one line in LOG_PAUSE_SECONDS. Starts zeroed. */
enum { LOG_PAUSE_SECONDS = 10 };
struct log_pause {
    int64_t until; /* monotonic nanoseconds */
    uint64_t count;
};

/* Counts one event at `now` (monotonic nanoseconds). Returns the events since the last line, this
 * one included; 0: log no line now. */
uint64_t log_pause_count(struct log_pause *pause, int64_t now);

/* As log_line(), but at most one line in LOG_PAUSE_SECONDS for an event with the same `key`, such
 * as an error number. The line begins with the number of these events since the last line, if there
 * were several: "count=12". For failures that repeat while their cause lasts, such as a full disk.
 * Any thread may call it. */
void log_often(enum log_level level, const char *event, const char *key, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif
