#include "service/notice/pool_watch.h"

#include "service/core/job.h"
#include "service/ledger/pool_horizon.h"
#include "service/ledger/renewal_queue.h"
#include "service/notice/notices_send.h"
#include "service/notice/pool_watch_letter.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

enum {
    ORGANIZATIONS = 64, /* checked in one step, at most */
    SENSORS = 20000,    /* counted in one step; then it ends */
};

static void
write_event(struct json_writer *json, const void *with, size_t index)
{
    const struct pool_shortage *shortage = with;

    (void)index;
    json_put_int64(json, "licenses_left", shortage->licenses_left);
    json_put_int64(json, "sensors_to_renew", shortage->renewals);
    json_put_int64(json, "within_days", POOL_SHORTAGE_DAYS);
    json_put_time(json, "first_stops_at", shortage->first_short);
}

static enum status
pool_watch_warn(struct call *call, const struct pool_watch_due_out *row,
                const struct pool_shortage *shortage)
{
    struct notice_to_all all = { row->id, .kind = "pool_low", .purpose = "pool_low" };
    struct event_batch event = { row->id, EVENT_POOL_LOW, 1, write_event, shortage };
    enum status status = organization_zone(call, row->id, &all.zone);

    if (status)
        return status;
    struct pool_watch_letter letter = { row->id, row->name, all.zone, shortage };
    status = pool_watch_letter_write(call, &letter, &all.letter);
    if (status)
        return status;
    status = notices_send_all(call, &all);
    return status ? status : event_emit(call, &event);
}

static enum status
pool_watch_measure(struct call *call, int64_t organization_id, struct pool_shortage *out)
{
    const struct organization_lock organization = { .organization_id = organization_id };
    const struct horizon_range range = { .until = call->now + POOL_SHORTAGE_DAYS * UTC_DAY };
    struct renewal_queue_part queue = { .from = 1, .until = range.until };
    struct pool_horizon horizon;
    enum status status = renewal_queue_count(call, organization_id, &queue);

    if (status)
        return status;
    status = pool_horizon_find(call, &organization, &range, &horizon);
    if (status)
        return status;
    *out = (struct pool_shortage){
        .low = !horizon.all,
        .licenses_left = horizon.licenses_left,
        .renewals = queue.most,
        .first_short = horizon.left_out.ends_at,
    };
    return STATUS_OK;
}

static enum status
pool_watch_check(struct call *call, const struct pool_watch_due_out *row, int64_t *counted)
{
    struct pool_watch_checked_in checked = { row->id, row->version, call->now + UTC_DAY };
    struct pool_shortage shortage;
    int64_t changed;
    enum status status = job_begin_organization(call, row->id);

    if (status)
        return status;
    status = pool_watch_measure(call, row->id, &shortage);
    if (status)
        return status;
    *counted += shortage.renewals;
    status = pool_watch_checked(&call->db, &checked, NULL);
    if (status || shortage.low == row->low)
        return status;
    struct pool_watch_set_low_in in = { row->id, shortage.low };
    status = pool_watch_set_low(&call->db, &in, &changed);
    /* Of several nodes, only the one that changes the state warns. */
    return status || changed == 0 || !shortage.low ? status : pool_watch_warn(call, row, &shortage);
}

enum status
pool_watch_job_run(struct call *call, bool *more)
{
    struct pool_watch_due_in in = { job_name(call), call->now, ORGANIZATIONS };
    struct pool_watch_due_out *rows;
    int64_t counted = 0;
    size_t count, done = 0;
    enum status status = pool_watch_due(&call->db, &in, &rows, &count);

    while (!status && done < count && counted < SENSORS)
        status = pool_watch_check(call, &rows[done++], &counted);
    *more = !status && count > 0;
    return status;
}

/* The ticker runs each job every minute anyway, which notices changed ledgers. */
enum status
pool_watch_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, pool_watch_next, at);
}
