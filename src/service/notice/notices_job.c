#include "service/notice/notices_job.h"

#include "service/core/job.h"
#include "service/ledger/ledger.h"
#include "service/notice/notices_mail.h"
#include "statements.h"
#include "store/store.h"

enum {
    ORGANIZATIONS = 32, /* checked in one step, while none has notices */
    /* In another zone a day of a notice may be this much earlier: organization_update. */
    DAYS_OF_ANOTHER_ZONE = 5,
};

/* An organization whose notices are due. */
struct due_organization {
    const struct notices_organizations_out *row;
    const struct zone *zone;
    bool zone_missing; /* the zone is UTC instead */
    int32_t notice_time;
    struct notice_days days; /* to send; empty: only the next due instant is set */
    int64_t last_user;       /* recipients up to this user are done; 0 at the end: all */
};

static enum status
notices_job_read(struct call *call, const struct notices_organizations_out *row,
                 struct due_organization *out)
{
    day_number through = row->notices_through;

    *out = (struct due_organization){ .row = row, .last_user = row->notices_last_user };
    out->zone = organization_find_zone(row->id, row->time_zone, &out->zone_missing);
    if (!notice_time_parse(&out->notice_time, row->notice_time))
        return call_fail(call, STATUS_BROKEN, "", "",
                         "the organization's notice time \"%.16s\" cannot be read",
                         row->notice_time);
    /* A new organization owes notices from its first day on. */
    if (through < zone_local_day(out->zone, row->created_at) - 1)
        through = zone_local_day(out->zone, row->created_at) - 1;
    out->days = notice_days_due(through, call->now, out->notice_time, out->zone);
    return STATUS_OK;
}

static enum status
mark_done(struct call *call, const struct due_organization *organization)
{
    bool done = organization->days.last >= organization->days.first && organization->last_user == 0;
    day_number through = done ? organization->days.last : organization->days.first - 1;
    struct notices_done_in in = {
        .id = organization->row->id,
        .seen = organization->row->notices_through,
        .seen_user = organization->row->notices_last_user,
        .time_zone = organization->row->time_zone,
        .notice_time = organization->row->notice_time,
        .through = through,
        .last_user = organization->last_user,
        .due_at = notice_due_at(through + 1, organization->notice_time, organization->zone),
    };
    int64_t changed;

    if (done && organization->zone_missing) /* it may come back */
        in.through -= DAYS_OF_ANOTHER_ZONE;
    if (in.due_at < call->now) /* recipients are left: others that wait come first */
        in.due_at = call->now;
    enum status status = notices_done(&call->db, &in, &changed);

    if (!status && changed == 0)
        return call_fail(call, STATUS_BUSY, "", "", "another node sends the notices of this day");
    return status;
}

static enum status
send_notices(struct call *call, struct due_organization *organization)
{
    struct organization_lock lock;
    struct notices_due due;
    enum status status = ledger_begin(call, organization->row->id, &lock);

    if (status)
        return status;
    status = notices_due_read(call, &lock, organization->days, &due);
    return status ? status
                  : notices_mail(call, organization->row->name, organization->zone, &due,
                                 &organization->last_user);
}

/* *sent: the organization had notices, which is enough work for one step. */
static enum status
handle_organization(struct call *call, const struct notices_organizations_out *row, bool *sent)
{
    struct due_organization found, *organization = &found;
    struct notice_days days;
    enum status status = job_begin_organization(call, row->id);

    if (!status)
        status = notices_job_read(call, row, organization);
    if (status)
        return status;
    days = organization->days;
    if (days.last >= days.first)
        status = notices_due_any(call, organization->row->id, organization->zone, days, sent);
    if (status)
        return status;
    if (*sent)
        status = send_notices(call, organization);
    else
        organization->last_user = 0;
    return status ? status : mark_done(call, organization);
}

enum status
notices_job_run(struct call *call, bool *more)
{
    struct notices_organizations_in in = { job_name(call), call->now, ORGANIZATIONS };
    struct notices_organizations_out *rows;
    size_t count;
    bool sent = false;
    enum status status = notices_organizations(&call->db, &in, &rows, &count);

    for (size_t i = 0; !status && i < count && !sent; i++)
        status = handle_organization(call, &rows[i], &sent);
    *more = !status && count > 0;
    return status;
}

enum status
notices_job_next_at(struct call *call, utc_seconds *at)
{
    return job_next_at(call, notices_next, at);
}
