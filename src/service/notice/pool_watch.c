#include "service/notice/pool_watch.h"

#include "service/forecast/pool_shortage.h"
#include "service/ledger/organization_lock.h"
#include "service/notice/notices_send.h"
#include "service/notice/pool_watch_letter.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

enum {
    ORGANIZATIONS = 64, /* looked at in one step, */
    SENSORS = 20000,    /* or so many sensors */
};

static void
write_event(struct json_writer *json, const void *with, size_t index)
{
    const struct pool_shortage *look = with;

    (void)index;
    json_put_int64(json, "licenses_left", look->licenses_left);
    json_put_int64(json, "sensors_to_renew", look->renewals);
    json_put_int64(json, "within_days", POOL_SHORTAGE_DAYS);
    json_put_time(json, "first_stops_at", look->first_short);
}

static enum status
pool_watch_tell(struct call *call, const struct pool_watch_due_out *row,
                const struct pool_shortage *look)
{
    struct notice_to_all all = { .organization_id = row->id,
                                 .kind = "pool_low",
                                 .purpose = "pool_low" };
    struct pool_watch_letter letter = { .organization_id = row->id,
                                        .organization = row->name,
                                        .look = look };
    enum status status = organization_zone(call, row->id, &all.zone);

    letter.zone = all.zone;
    if (!status)
        status = pool_watch_letter_write(call, &letter, &all.letter);
    if (!status)
        status = notices_send_all(call, &all);
    return status ? status : event_emit_each(call, row->id, EVENT_POOL_LOW, 1, write_event, look);
}

/* Whoever turns the state tells. */
static enum status
turn(struct call *call, const struct pool_watch_due_out *row, const struct pool_shortage *look)
{
    int64_t changed;
    enum status status =
        pool_watch_turn(&call->db, &(struct pool_watch_turn_in){ row->id, look->low }, &changed);

    return status || changed == 0 || !look->low ? status : pool_watch_tell(call, row, look);
}

static enum status
watch(struct call *call, const struct pool_watch_due_out *row, int64_t *counted)
{
    struct pool_shortage look;
    enum status status =
        pool_shortage(call, row->id, call->now + POOL_SHORTAGE_DAYS * UTC_DAY, &look);

    if (!status)
        status = pool_watch_look(&call->db,
                                 &(struct pool_watch_look_in){
                                     .organization_id = row->id,
                                     .version = row->version,
                                     .check_at = call->now + UTC_DAY,
                                 },
                                 NULL);
    if (!status && look.low != row->low)
        status = turn(call, row, &look);
    *counted += look.renewals;
    return status;
}

enum status
pool_watch_job_run(struct call *call, bool *more)
{
    struct pool_watch_due_out *rows;
    int64_t counted = 0;
    size_t count, done = 0;
    enum status status = pool_watch_due(
        &call->db, &(struct pool_watch_due_in){ .now = call->now, .most = ORGANIZATIONS }, &rows,
        &count);

    while (!status && done < count && counted < SENSORS)
        status = watch(call, &rows[done++], &counted);
    *more = !status && count > 0;
    return status;
}

/* A changed ledger is seen within the minute after which the ticker looks anyway. */
enum status
pool_watch_job_next_at(struct call *call, utc_seconds *at)
{
    struct pool_watch_next_out next;
    enum status status = pool_watch_next(&call->db, &next);

    if (!status)
        *at = next.check_at.is ? next.check_at.value : UTC_NEVER;
    return status;
}
