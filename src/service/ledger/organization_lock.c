#include "service/ledger/organization_lock.h"

#include <pthread.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "statements.h"
#include "store/store.h"

enum {
    HOUR_SECONDS = 3600,
    MOST_REPORTED = 1024, /* organizations in an hour */
};

/* The organizations whose missing zone was logged in this hour. */
static struct {
    pthread_mutex_t lock;
    int64_t hour;
    size_t count;
    int64_t ids[MOST_REPORTED];
} reported = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool
zone_report_is_new(int64_t id)
{
    int64_t hour = utc_now() / HOUR_SECONDS;
    bool is_new = true;

    pthread_mutex_lock(&reported.lock);
    if (reported.hour != hour)
        reported.count = 0;
    reported.hour = hour;
    for (size_t i = 0; i < reported.count && is_new; i++)
        is_new = reported.ids[i] != id;
    is_new = is_new && reported.count < MOST_REPORTED;
    if (is_new)
        reported.ids[reported.count++] = id;
    pthread_mutex_unlock(&reported.lock);
    return is_new;
}

const struct zone *
organization_find_zone(int64_t id, const char *name, bool *missing)
{
    bool is_missing;
    const struct zone *zone = zone_get_or_utc(name, &is_missing);
    char text[ID_TEXT_SIZE];

    if (missing)
        *missing = is_missing;
    if (!is_missing || !zone_report_is_new(id))
        return zone;
    id_format(text, id);
    log_line(LOG_WARNING, "organization.zone_missing",
             "organization=%s time_zone=\"%.64s\": its days are counted in UTC; install the zone, "
             "or choose another one in the organization's settings",
             text, name);
    return zone;
}

static enum status
lock_fill(struct call *call, const char *time_zone, const char *pool_order,
          struct organization_lock *out)
{
    if (!pool_order_parse(&out->pool_order, pool_order, strlen(pool_order)))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "the organization's pool order cannot be read");
    out->zone = organization_find_zone(out->organization_id, time_zone, NULL);
    return STATUS_OK;
}

static enum status
lock_read(struct call *call, int64_t id, bool raise_version, struct organization_lock *out)
{
    struct organization_ledger_in in = { id };
    struct organization_ledger_out row;
    bool found;
    enum status status = raise_version ? organization_raise_version(&call->db, &in, &row, &found)
                                       : organization_ledger(&call->db, &in, &row, &found);

    if (status)
        return status;
    if (!found)
        return call_fail(call, STATUS_NOT_FOUND, "", "", "there is no such organization");
    *out = (struct organization_lock){
        .organization_id = id,
        .version = row.version,
        .committed = !raise_version && call->only_reads,
    };
    return lock_fill(call, row.time_zone, row.pool_order, out);
}

enum status
organization_lock(struct call *call, int64_t id, struct organization_lock *out)
{
    return lock_read(call, id, true, out);
}

enum status
organization_load(struct call *call, int64_t id, struct organization_lock *out)
{
    return lock_read(call, id, false, out);
}

enum status
organization_zone(struct call *call, int64_t id, const struct zone **out)
{
    struct organization_lock look;
    enum status status = organization_load(call, id, &look);

    if (!status)
        *out = look.zone;
    return status;
}
