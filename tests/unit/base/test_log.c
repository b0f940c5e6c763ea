#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "support/check.h"

static char written[4096];

/* Runs `body` with standard error going into `written`. */
static void
capture(void (*body)(void))
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);

    check(file != NULL && before >= 0);
    dup2(fileno(file), STDERR_FILENO);
    body();
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    size_t size = fread(written, 1, sizeof written - 1, file);
    written[size] = '\0';
    fclose(file);
}

static void
two_lines(void)
{
    log_line(LOG_DEBUG, "test.quiet", "not=shown");
    log_line(LOG_WARNING, "test.loud", "name=%s", "a\nb\x7F ł\xFF");
    log_line(LOG_ERROR, "test.bare", "%s", "");
}

TEST(log_writes_one_line_an_event)
{
    unsetenv("JOURNAL_STREAM");
    log_start(LOG_INFO);
    capture(two_lines);

    char *end = strchr(written, '\n');
    check(end != NULL && written[10] == 'T' && written[19] == 'Z');
    *end = '\0';
    check_text(written + 20, " warning test.loud name=a\\x0ab\\x7f ł\\xff");
    check_text(end + 21, " error test.bare\n");
}

static void
repeated_lines(void)
{
    for (int i = 0; i < 1000; i++) {
        log_often(LOG_ERROR, "test.often", "13", "code=%d", 13);
        log_often(LOG_DEBUG, "test.often", "13", "not shown");
        log_often(LOG_ERROR, "test.often", "5", "code=%d", 5);
        log_often(LOG_WARNING, "test.other", "13", "code=%d", 13);
    }
}

TEST(log_often_writes_one_line_for_an_event_and_a_key)
{
    setenv("JOURNAL_STREAM", "1:2", 1);
    log_start(LOG_INFO);
    unsetenv("JOURNAL_STREAM");
    capture(repeated_lines);
    check_text(written, "<3>test.often code=13\n<3>test.often code=5\n<4>test.other code=13\n");
    log_start(LOG_INFO);
}

TEST(log_speaks_to_the_journal_without_a_time)
{
    setenv("JOURNAL_STREAM", "1:2", 1);
    log_start(LOG_INFO);
    unsetenv("JOURNAL_STREAM");
    capture(two_lines);
    check_text(written, "<4>test.loud name=a\\x0ab\\x7f ł\\xff\n<3>test.bare\n");
    log_start(LOG_INFO);
}

static void
a_long_line(void)
{
    char text[5000];

    memset(text, '\n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    log_line(LOG_ERROR, "test.long", "%s", text);
}

TEST(log_cuts_a_line_that_is_too_long)
{
    capture(a_long_line);
    check(strchr(written, '\n') == written + strlen(written) - 1);
    check(strlen(written) < 2049);
}

TEST(log_pause_lets_one_line_stand_for_ten_seconds)
{
    static const struct {
        int64_t at;
        uint64_t count;
    } rows[] = {
        { 1, 1 },           { 2, 0 },           { 10000000000, 0 },
        { 10000000001, 3 }, { 20000000000, 0 }, { 50000000000, 2 },
    };
    struct log_pause pause = { 0 };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_int((int64_t)log_pause_count(&pause, rows[i].at), (int64_t)rows[i].count);
}
