#include "service/notice/notices_job.h"

#include "base/log.h"
#include "service/ledger/ledger.h"
#include "service/notice/notices_tell.h"
#include "statements.h"
#include "store/store.h"

enum {
    ORGANIZATIONS = 32, /* looked at in one step, while they have nothing to tell */
    PUT_OFF_SECONDS = 3600,
};

/* An organization whose notices are due. */
struct turn {
    const struct notices_organizations_out *row;
    const struct zone *zone;
    int32_t notice_time;
    struct notice_days days; /* to tell of; empty: only the next instant is wanted */
    int64_t told_user;       /* recipients up to this one were told; 0 in the end: all */
};

/* False: what the settings say cannot be read on this machine. */
static bool
read_turn(const struct call *call, const struct notices_organizations_out *row, struct turn *out)
{
    day_number through = row->notices_through;

    *out = (struct turn){ .row = row, .told_user = row->notices_last_user };
    if (zone_get(&out->zone, row->time_zone, NULL)
        || !notice_time_parse(&out->notice_time, row->notice_time))
        return false;
    /* An organization that is new owes what falls due from its first day on. */
    if (through < zone_local_day(out->zone, row->created_at) - 1)
        through = zone_local_day(out->zone, row->created_at) - 1;
    out->days = notice_days_due(through, call->now, out->notice_time, out->zone);
    return true;
}

/* One organization does not hold up the others. */
static enum status
notices_job_put_off(struct call *call, const struct notices_organizations_out *row)
{
    log_line(LOG_ERROR, "notices.put_off",
             "the time zone %s or the notice time of an organization cannot be read: install its "
             "time zone data",
             row->time_zone);
    return notices_put_off(
        &call->db, &(struct notices_put_off_in){ row->id, call->now + PUT_OFF_SECONDS }, NULL);
}

static enum status
note_done(struct call *call, const struct turn *turn)
{
    bool done = turn->days.last >= turn->days.first && turn->told_user == 0;
    day_number through = done ? turn->days.last : turn->days.first - 1;
    int64_t changed;
    enum status status =
        notices_done(&call->db,
                     &(struct notices_done_in){
                         .id = turn->row->id,
                         .seen = turn->row->notices_through,
                         .seen_user = turn->row->notices_last_user,
                         .time_zone = turn->row->time_zone,
                         .notice_time = turn->row->notice_time,
                         .through = through,
                         .told_user = turn->told_user,
                         .due_at = notice_due_at(through + 1, turn->notice_time, turn->zone),
                     },
                     &changed);

    if (!status && changed == 0)
        status = call_fail(call, STATUS_BUSY, "", "", "another node tells of the same day");
    return status;
}

/* *told: it was work enough for one step. */
static enum status
notices_job_take_turn(struct call *call, struct turn *turn, bool *told)
{
    int64_t id = turn->row->id;
    struct organization_lock lock;
    struct notices_due due;
    bool any = turn->days.last >= turn->days.first;
    enum status status = STATUS_OK;

    *told = false;
    if (any)
        status = notices_due_any(call, id, turn->zone, turn->days, &any);
    if (!any)
        turn->told_user = 0;
    if (!status && any) {
        status = ledger_begin(call, id, &lock);
        if (!status)
            status = notices_due_read(call, &lock, turn->days, &due);
        if (!status)
            status = notices_tell(call, turn->row->name, turn->zone, &due, &turn->told_user);
        *told = true;
    }
    return status ? status : note_done(call, turn);
}

enum status
notices_job_run(struct call *call, bool *more)
{
    struct notices_organizations_out *rows;
    size_t count;
    bool told = false;
    enum status status = notices_organizations(
        &call->db, &(struct notices_organizations_in){ .now = call->now, .most = ORGANIZATIONS },
        &rows, &count);

    for (size_t i = 0; i < count && !status && !told; i++) {
        struct turn turn;
        status = read_turn(call, &rows[i], &turn) ? notices_job_take_turn(call, &turn, &told)
                                                  : notices_job_put_off(call, &rows[i]);
    }
    *more = !status && count > 0;
    return status;
}

enum status
notices_job_next_at(struct call *call, utc_seconds *at)
{
    struct notices_next_out next;
    enum status status = notices_next(&call->db, &next);

    if (!status)
        *at = next.due_at.is ? next.due_at.value : UTC_NEVER;
    return status;
}
