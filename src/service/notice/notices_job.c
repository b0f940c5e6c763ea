#include "service/notice/notices_job.h"

#include "base/log.h"
#include "service/ledger/ledger.h"
#include "service/notice/notices_mail.h"
#include "statements.h"
#include "store/store.h"

enum {
    ORGANIZATIONS = 32, /* checked in one step, while none has notices */
    PUT_OFF_SECONDS = 3600,
};

/* An organization whose notices are due. */
struct due_organization {
    const struct notices_organizations_out *row;
    const struct zone *zone;
    int32_t notice_time;
    struct notice_days days; /* to send; empty: only the next due instant is set */
    int64_t last_user;       /* recipients up to this user are done; 0 at the end: all */
};

/* False: this machine cannot read the settings. */
static bool
notices_job_read(const struct call *call, const struct notices_organizations_out *row,
                 struct due_organization *out)
{
    day_number through = row->notices_through;

    *out = (struct due_organization){ .row = row, .last_user = row->notices_last_user };
    if (zone_get(&out->zone, row->time_zone, NULL)
        || !notice_time_parse(&out->notice_time, row->notice_time))
        return false;
    /* A new organization owes notices from its first day on. */
    if (through < zone_local_day(out->zone, row->created_at) - 1)
        through = zone_local_day(out->zone, row->created_at) - 1;
    out->days = notice_days_due(through, call->now, out->notice_time, out->zone);
    return true;
}

/* One organization does not hold up the others. */
static enum status
put_off(struct call *call, const struct notices_organizations_out *row)
{
    struct notices_put_off_in in = { row->id, call->now + PUT_OFF_SECONDS };

    log_line(LOG_ERROR, "notices.put_off",
             "the time zone %s or the notice time of an organization cannot be read: install its "
             "time zone data",
             row->time_zone);
    return notices_put_off(&call->db, &in, NULL);
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
handle_organization(struct call *call, struct due_organization *organization, bool *sent)
{
    struct notice_days days = organization->days;
    enum status status = STATUS_OK;

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
    struct notices_organizations_in in = { call->now, ORGANIZATIONS };
    struct notices_organizations_out *rows;
    size_t count;
    bool sent = false;
    enum status status = notices_organizations(&call->db, &in, &rows, &count);

    for (size_t i = 0; !status && i < count && !sent; i++) {
        struct due_organization organization;
        status = notices_job_read(call, &rows[i], &organization)
                     ? handle_organization(call, &organization, &sent)
                     : put_off(call, &rows[i]);
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
