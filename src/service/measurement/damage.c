#include "service/measurement/damage.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/memory.h"
#include "statements.h"
#include "store/store.h"

const char *const damage_kind_words[] = { "message", "block", "status" };
_Static_assert(sizeof damage_kind_words / sizeof *damage_kind_words == DAMAGE_KIND_COUNT,
               "a word a kind");

enum { PLACE_SIZE = 40 };

struct damage_log {
    pthread_mutex_t lock;
    struct damage places[DAMAGE_LOG_MOST];
    size_t count; /* DAMAGE_LOG_MOST + 1: the line about the others is written */
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
damage_log_has(const struct damage_log *log, const struct damage *damage)
{
    for (const struct damage *at = log->places; at < log->places + log->count; at++)
        if (at->sensor_id == damage->sensor_id && at->place == damage->place
            && at->kind == damage->kind && at->organization_id == damage->organization_id)
            return true;
    return false;
}

/* Remembers the place. Returns its number, from 1 on; 0: there is nothing to log. */
static size_t
damage_log_add(struct damage_log *log, const struct damage *damage)
{
    size_t number = 0;

    pthread_mutex_lock(&log->lock);
    if (log->count <= DAMAGE_LOG_MOST && !damage_log_has(log, damage)) {
        if (log->count < DAMAGE_LOG_MOST)
            log->places[log->count] = *damage;
        number = ++log->count;
    }
    pthread_mutex_unlock(&log->lock);
    return number;
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
    size_t number = log ? damage_log_add(log, damage) : 1;
    char place[PLACE_SIZE];

    write_place(place, damage);
    if (number >= 1 && number <= DAMAGE_LOG_MOST)
        log_line(LOG_ERROR, "store.damaged",
                 "%s organization=%" PRId64 " sensor=%" PRId64 "%s cannot be read and is left out",
                 damage_kind_words[damage->kind], damage->organization_id, damage->sensor_id,
                 place);
    if (number > DAMAGE_LOG_MOST)
        log_line(LOG_ERROR, "store.damaged",
                 "more than %d places cannot be read: no others are logged until the next start",
                 DAMAGE_LOG_MOST);
}

enum status
damage_summary(struct call *call, struct damage_summary *out)
{
    struct damaged_first_out first;
    bool found;
    enum status status = damaged_first(&call->db, &first, &found);

    *out = (struct damage_summary){ 0 };
    if (status || !found)
        return status;
    *out = (struct damage_summary){
        .count = first.count,
        .kind = first.kind,
        .serial = first.serial,
        .organization_id = first.organization_id,
        .sensor_id = first.sensor_id,
        .day = first.found_at / UTC_DAY,
    };
    if (!strcmp(first.kind, damage_kind_words[DAMAGE_BLOCK]))
        out->day = first.place;
    if (!strcmp(first.kind, damage_kind_words[DAMAGE_MESSAGE]))
        out->day = first.received_at / UTC_DAY;
    return STATUS_OK;
}
