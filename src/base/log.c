#include "base/log.h"

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
