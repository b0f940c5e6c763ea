#include "base/log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/utc.h"

enum { LINE_SIZE = 2048, TEXT_SIZE = 1024 };

static const struct {
    const char *word;
    const char *prefix; /* sd-daemon(3) */
} levels[] = {
    [LOG_DEBUG] = { "debug", "<7>" },
    [LOG_INFO] = { "info", "<6>" },
    [LOG_WARNING] = { "warning", "<4>" },
    [LOG_ERROR] = { "error", "<3>" },
};
_Static_assert(sizeof levels / sizeof levels[0] == LOG_LEVEL_COUNT, "a level has no word");

static enum log_level lowest = LOG_INFO;
static bool for_journal;

void
log_start(enum log_level level)
{
    lowest = level;
    for_journal = getenv("JOURNAL_STREAM") != NULL;
}

static size_t
log_put_head(char *line, enum log_level level, const char *event)
{
    char time[UTC_TEXT_SIZE];
    int length;

    if (for_journal) {
        length = snprintf(line, LINE_SIZE / 2, "%s%s ", levels[level].prefix, event);
    } else {
        utc_format(time, utc_now());
        length = snprintf(line, LINE_SIZE / 2, "%s %s %s ", time, levels[level].word, event);
    }
    return length < LINE_SIZE / 2 ? (size_t)length : LINE_SIZE / 2 - 1;
}

/* Escapes control characters, so that a name with a line break cannot forge log lines, and bytes
 * that are not UTF-8. */
static size_t
log_put_escaped(char *line, size_t at, const char *text)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t left = strlen(text); left > 0 && at + 5 < LINE_SIZE;) {
        unsigned char c = (unsigned char)*text;
        size_t size = c < 0x20 || c == 0x7F ? 0 : utf8_character(text, left);
        if (size > 0) {
            memcpy(line + at, text, size);
            at += size;
        } else {
            line[at++] = '\\';
            line[at++] = 'x';
            line[at++] = digits[c >> 4];
            line[at++] = digits[c & 0x0F];
            size = 1;
        }
        text += size;
        left -= size;
    }
    return at;
}

void
log_line(enum log_level level, const char *event, const char *format, ...)
{
    char text[TEXT_SIZE], line[LINE_SIZE];
    va_list args;

    if (level < lowest)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);

    size_t length = log_put_head(line, level, event);
    length = log_put_escaped(line, length, text);
    while (length > 0 && line[length - 1] == ' ')
        length--;
    line[length++] = '\n';

    /* One write for each line keeps lines of several threads apart. */
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; /* there is no place to report it */
}

/* An event with a key. */
struct often {
    char name[96];
    struct log_pause pause;
};

/* The place of an event, or that of the event whose last line is the oldest. */
static struct often *
often_find(struct often *places, size_t count, const char *name)
{
    struct often *oldest = &places[0];

    for (size_t i = 0; i < count; i++) {
        if (!strcmp(places[i].name, name))
            return &places[i];
        if (places[i].pause.until < oldest->pause.until)
            oldest = &places[i];
    }
    *oldest = (struct often){ .pause = { 0, 0 } };
    snprintf(oldest->name, sizeof oldest->name, "%s", name);
    return oldest;
}

/* As log_pause_count(). */
static uint64_t
often_count(const char *event, const char *key)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct often places[64];
    char name[sizeof places[0].name];

    snprintf(name, sizeof name, "%s %s", event, key);
    pthread_mutex_lock(&lock);
    struct often *place = often_find(places, sizeof places / sizeof places[0], name);
    uint64_t count = log_pause_count(&place->pause, monotonic_nanoseconds());
    pthread_mutex_unlock(&lock);
    return count;
}

void
log_often(enum log_level level, const char *event, const char *key, const char *format, ...)
{
    char text[TEXT_SIZE], number[32] = "";
    va_list args;

    if (level < lowest)
        return;
    uint64_t count = often_count(event, key);
    if (count == 0)
        return;
    if (count > 1)
        snprintf(number, sizeof number, "count=%" PRIu64 " ", count);
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    log_line(level, event, "%s%s", number, text);
}

uint64_t
log_pause_count(struct log_pause *pause, int64_t now)
{
    uint64_t count = ++pause->count;

    if (now < pause->until)
        return 0;
    pause->until = now + LOG_PAUSE_SECONDS * INT64_C(1000000000);
    pause->count = 0;
    return count;
}
