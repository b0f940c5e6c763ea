#include "service/clock/clock_reset.h"

#include "service/audit/audit.h"
#include "service/core/transaction.h"
#include "statements.h"

enum status
clock_review(struct call *call, bool checks, struct clock_review *out)
{
    enum status status = clock_read_stored(call, &out->stored);

    if (status)
        return status;
    int64_t behind = out->stored.mark - call->now;
    out->behind = behind > CLOCK_SLACK_SECONDS ? behind : 0;
    out->difference = checks ? clock_difference(&out->stored, call->now) : 0;
    out->unsynchronized = utc_is_unsynchronized();
    out->trust = out->difference       ? CLOCK_UNLIKE_DATABASE
                 : out->unsynchronized ? CLOCK_UNSYNCHRONIZED
                                       : CLOCK_TRUSTED;
    return STATUS_OK;
}

enum status
clock_leftovers_count(struct call *call, struct clock_leftovers *out)
{
    struct clock_leftovers_out row;
    enum status status =
        clock_leftovers(&call->db, &(struct clock_leftovers_in){ call->now }, &row);

    if (!status)
        *out = (struct clock_leftovers){ row.licenses, row.renewals,     row.keys,   row.notices,
                                         row.alerts,   row.measurements, row.entries };
    return status;
}

typedef enum status reset_step(struct db *db, const struct clock_reset_versions_in *in,
                               int64_t *changed);

static reset_step *const reset_steps[] = {
    clock_reset_versions,      clock_reset_notices,
    clock_reset_pools,         clock_reset_expiries,
    clock_reset_messages,      clock_reset_contacts,
    clock_reset_expectations,  clock_reset_alert_mails,
    clock_reset_sessions,      clock_reset_invitations,
    clock_reset_links,         clock_reset_answers,
    clock_reset_jobs,          clock_reset_throttles,
    clock_reset_pauses,        clock_reset_evaluations,
    clock_reset_samples_ahead, clock_reset_rules,
    clock_reset_sensors,       clock_reset_organizations,
    clock_reset_refusals,      clock_reset_refused_messages,
    clock_reset_conflicts,     clock_reset_config_parts,
    clock_reset_journal,       clock_reset_reports,
    clock_reset_guesses,       clock_reset_link_mails,
};

static enum status
reset_instant_json(struct call *call, utc_seconds instant, const char **out)
{
    struct audit_json json;

    json_put_time(audit_json_open(&json), "latest_at", instant);
    return audit_json_close(&json, call, out);
}

static enum status
reset_audit(struct call *call)
{
    struct audit_fact fact = { "clock.reset", "clock", "1", NULL, NULL };
    enum status status = reset_instant_json(call, call->clock_stored, &fact.before);

    if (!status)
        status = reset_instant_json(call, call->now, &fact.after);
    return status ? status : audit_append(call, AUDIT_OPERATOR_CHAIN, &fact);
}

static enum status
reset_body(struct call *call, void *with)
{
    struct clock_reset_mark_in mark = { call->now };
    struct clock_reset_versions_in in = { call->now };
    bool *changed = with;
    int64_t rows;
    enum status status = clock_reset_mark(&call->db, &mark, &rows);

    *changed = !status && rows > 0;
    for (size_t i = 0; *changed && !status && i < sizeof reset_steps / sizeof *reset_steps; i++)
        status = reset_steps[i](&call->db, &in, NULL);
    return status || !*changed ? status : reset_audit(call);
}

enum status
clock_reset(struct call *call, bool *changed)
{
    bool any_clock = call->any_clock;

    call->any_clock = true;
    enum status status = transact(call, reset_body, changed);
    call->any_clock = any_clock;
    return status;
}
