#include "service/ledger/expiry_watch.h"

#include "service/core/clock.h"
#include "service/outbox/events.h"
#include "statements.h"
#include "store/store.h"

enum { ENDS_A_STEP = 500 };

static void
write_end(struct json_writer *json, const void *with, size_t index)
{
    const struct expiry_watch_ends_out *end = (const struct expiry_watch_ends_out *)with + index;

    json_put_text(json, "serial", end->serial);
    json_put_text(json, "name", end->name);
    json_put_time(json, "expired_at", end->coverage_ends_at);
}

static enum status
expiry_watch_emit(struct call *call, int64_t organization_id,
                  const struct expiry_watch_ends_out *ends, size_t count)
{
    struct event_batch expired = { organization_id, EVENT_LICENSE_EXPIRED, count, write_end, ends };
    enum status status = clock_pass(call, ends[count - 1].coverage_ends_at);

    return status ? status : event_emit(call, &expired);
}

enum status
expiry_watch_step(struct call *call, int64_t organization_id, bool *more)
{
    struct expiry_watch_get_out watch;
    struct expiry_watch_ends_out *ends;
    size_t count;
    bool found;
    enum status status = expiry_watch_get(
        &call->db, &(struct expiry_watch_get_in){ organization_id }, &watch, &found);

    *more = false;
    if (status || !found)
        return status;
    status = expiry_watch_ends(&call->db,
                               &(struct expiry_watch_ends_in){
                                   .organization_id = organization_id,
                                   .emitted_until = watch.emitted_until,
                                   .emitted_serial = watch.emitted_serial,
                                   .now = call->now,
                                   .most = ENDS_A_STEP,
                               },
                               &ends, &count);
    if (!status && count > 0)
        status = expiry_watch_emit(call, organization_id, ends, count);
    if (status)
        return status;
    *more = count == ENDS_A_STEP;
    struct expiry_watch_advance_in next = { organization_id, call->now, "" };
    if (*more) {
        next.emitted_until = ends[count - 1].coverage_ends_at;
        next.emitted_serial = ends[count - 1].serial;
    }
    return expiry_watch_advance(&call->db, &next, NULL);
}

enum status
expiry_watch_set(struct call *call, int64_t organization_id, bool wanted)
{
    if (wanted)
        return expiry_watch_begin(
            &call->db, &(struct expiry_watch_begin_in){ organization_id, call->now }, NULL);
    return expiry_watch_end(&call->db, &(struct expiry_watch_end_in){ organization_id }, NULL);
}
