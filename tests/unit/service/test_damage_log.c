#include "service/measurement/damage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "service/measurement/journal_index.h"
#include "support/check.h"

static char written[4 * 1024];

/* Reports `count` places, each twice, with standard error going into `written`. */
static void
report(const struct call *call, const struct damage *damages, size_t count)
{
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);

    check(file != NULL && before >= 0);
    dup2(fileno(file), STDERR_FILENO);
    for (size_t i = 0; i < 2 * count; i++)
        journal_index_report_damage(call, &damages[i % count]);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    size_t size = fread(written, 1, sizeof written - 1, file);
    written[size] = '\0';
    fclose(file);
}

static size_t
lines(void)
{
    size_t count = 0;

    for (const char *at = written; (at = strchr(at, '\n')); at++)
        count++;
    return count;
}

TEST(damage_log_reports_each_place_once)
{
    static const struct damage damages[] = {
        { DAMAGE_MESSAGE, 1, 2, 77 },
        { DAMAGE_BLOCK, 1, 2, 20781 },
        { DAMAGE_STATUS, 1, 2, 0 },
        { DAMAGE_STATUS, 1, 3, 0 },
    };
    struct call call = { .journal_index = journal_index_open() };

    log_start(LOG_INFO);
    report(&call, damages, 4);
    check_int(lines(), 4);
    check(strstr(written, " error store.damaged message organization=1 sensor=2 journal_id=77 ")
          != NULL);
    check(strstr(written, " error store.damaged block organization=1 sensor=2 day=2026-11-24 ")
          != NULL);
    check(strstr(written, " error store.damaged status organization=1 sensor=3 cannot ") != NULL);
    journal_index_close(call.journal_index);

    call.journal_index = NULL; /* nothing remembers */
    report(&call, damages, 1);
    check_int(lines(), 2);
}

TEST(damage_log_ends_when_it_is_full)
{
    struct call call = { .journal_index = journal_index_open() };
    struct damage damages[2] = { { DAMAGE_MESSAGE, 1, 1, 0 }, { DAMAGE_MESSAGE, 1, 1, 0 } };

    log_start(LOG_ERROR);
    for (int64_t i = 0; i < DAMAGE_LOG_MOST; i++) {
        damages[0].place = i;
        report(&call, damages, 1);
        check_int(lines(), 1);
    }
    damages[0].place = DAMAGE_LOG_MOST;
    damages[1].place = DAMAGE_LOG_MOST + 1;
    report(&call, damages, 2);
    check_int(lines(), 1);
    check(strstr(written, "more than 1000 places") != NULL);
    journal_index_close(call.journal_index);
}
