#include "service/measurement/damage_log.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/memory.h"
#include "base/utc.h"

const char *const damage_kind_words[] = { "message", "block", "status" };
_Static_assert(sizeof damage_kind_words / sizeof *damage_kind_words == DAMAGE_KIND_COUNT,
               "a word a kind");

enum { PLACE_SIZE = 40 };

struct damage_log {
    pthread_mutex_t lock;
    struct damage places[DAMAGE_LOG_MOST];
    size_t count;
    bool full; /* the line about that is written */
};

struct damage_log *
damage_log_open(void)
{
    struct damage_log *log = memory_new(1, sizeof *log);

    pthread_mutex_init(&log->lock, NULL);
    return log;
}

void
damage_log_close(struct damage_log *log)
{
    if (!log)
        return;
    pthread_mutex_destroy(&log->lock);
    free(log);
}

static bool
is_same(const struct damage *a, const struct damage *b)
{
    return a->sensor_id == b->sensor_id && a->place == b->place && a->kind == b->kind
           && a->organization_id == b->organization_id;
}

static bool
is_logged(const struct damage_log *log, const struct damage *damage)
{
    for (size_t i = 0; i < log->count; i++)
        if (is_same(&log->places[i], damage))
            return true;
    return false;
}

enum news { NEWS_OLD, NEWS_NEW, NEWS_LAST };

/* Remembers the place. Returns whether it is new. */
static enum news
damage_log_add(struct damage_log *log, const struct damage *damage)
{
    enum news news = NEWS_OLD;

    pthread_mutex_lock(&log->lock);
    if (log->count < DAMAGE_LOG_MOST && !is_logged(log, damage)) {
        log->places[log->count++] = *damage;
        news = NEWS_NEW;
    } else if (log->count == DAMAGE_LOG_MOST && !log->full && !is_logged(log, damage)) {
        log->full = true;
        news = NEWS_LAST;
    }
    pthread_mutex_unlock(&log->lock);
    return news;
}

static void
write_place(char out[PLACE_SIZE], const struct damage *damage)
{
    char day[DATE_TEXT_SIZE];

    out[0] = '\0';
    if (damage->kind == DAMAGE_MESSAGE)
        snprintf(out, PLACE_SIZE, " journal_id=%" PRId64, damage->place);
    if (damage->kind != DAMAGE_BLOCK)
        return;
    date_format(day, damage->place);
    snprintf(out, PLACE_SIZE, " day=%s", day);
}

void
damage_log_report(struct damage_log *log, const struct damage *damage)
{
    enum news news = log ? damage_log_add(log, damage) : NEWS_NEW;
    char place[PLACE_SIZE];

    write_place(place, damage);
    if (news == NEWS_NEW)
        log_line(LOG_ERROR, "store.damaged",
                 "%s organization=%" PRId64 " sensor=%" PRId64 "%s cannot be read and is left out",
                 damage_kind_words[damage->kind], damage->organization_id, damage->sensor_id,
                 place);
    if (news == NEWS_LAST)
        log_line(LOG_ERROR, "store.damaged",
                 "more than %d places cannot be read: no others are logged until the next start",
                 DAMAGE_LOG_MOST);
}
