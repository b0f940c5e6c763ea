#include "service/manager/manager_totals.h"

#include "service/core/ledger_cache.h"
#include "service/ledger/pool_horizon.h"
#include "statements.h"
#include "store/store.h"

enum {
    FEW_SENSORS = 10000,   /* not covered: those that are refused are counted each time, */
    REFUSALS_SECONDS = 60, /* and of more sensors so often */
};

utc_seconds
manager_soon(const struct organization_lock *look, utc_seconds now)
{
    return zone_day_start(look->zone, zone_local_day(look->zone, now) + EXPIRING_DAYS + 1);
}

utc_seconds
manager_refused_since(utc_seconds now)
{
    return now - UTC_DAY;
}

enum status
manager_find_left_out(struct call *call, const struct organization_lock *look, utc_seconds until,
                      struct manager_left_out *out)
{
    struct horizon_range range = { .until = until };
    struct pool_horizon horizon;
    enum status status = pool_horizon_find(call, look, &range, &horizon);

    *out = (struct manager_left_out){ .ends_at = UTC_NEVER };
    if (status || horizon.all)
        return status;
    out->ends_at = horizon.left_out.ends_at;
    serial_format(out->serial, serial_from_number(horizon.left_out.serial));
    return STATUS_OK;
}

static enum status
totals_count_stopping(struct call *call, const struct organization_lock *look, utc_seconds soon,
                      int64_t *stopping)
{
    struct manager_left_out left_out;
    struct manager_stopping_out row;
    enum status status = manager_find_left_out(call, look, soon, &left_out);

    if (status)
        return status;
    status = manager_stopping(&call->db,
                              &(struct manager_stopping_in){
                                  .organization_id = look->organization_id,
                                  .now = call->now,
                                  .soon = soon,
                                  .left_end = left_out.ends_at,
                                  .left_serial = left_out.serial,
                              },
                              &row);
    *stopping = status ? 0 : row.count;
    return status;
}

static enum status
manager_totals_count(struct call *call, const struct organization_lock *look,
                     struct ledger_cache_counts *out)
{
    utc_seconds soon = manager_soon(look, call->now);
    struct manager_counts_out row;
    enum status status = manager_counts(&call->db,
                                        &(struct manager_counts_in){
                                            .organization_id = look->organization_id,
                                            .now = call->now,
                                            .soon = soon,
                                        },
                                        &row);

    if (status)
        return status;
    *out = (struct ledger_cache_counts){
        .version = look->version,
        .from = call->now,
        .until = zone_day_start(look->zone, zone_local_day(look->zone, call->now) + 1),
        .licenses_left = row.licenses_left,
        .active = row.active,
        .expiring = row.expiring,
        .expired = row.expired,
        .unlicensed = row.unlicensed,
    };
    if (row.next_end && row.next_end < out->until)
        out->until = row.next_end;
    return row.expiring > 0 ? totals_count_stopping(call, look, soon, &out->stopping) : STATUS_OK;
}

/* Refusals do not change the ledger. */
static enum status
totals_count_refused(struct call *call, const struct organization_lock *look,
                     struct ledger_cache_counts *counts)
{
    struct manager_not_saving_out row;
    enum status status =
        manager_not_saving(&call->db,
                           &(struct manager_not_saving_in){ look->organization_id, call->now,
                                                            manager_refused_since(call->now) },
                           &row);

    if (status)
        return status;
    counts->not_saving = row.count;
    counts->refusals_at = call->now;
    return STATUS_OK;
}

static enum status
totals_find(struct call *call, const struct organization_lock *look,
            struct ledger_cache_counts *counts)
{
    bool is_known = counts->version == look->version && call->now >= counts->from
                    && call->now < counts->until;
    enum status status = is_known ? STATUS_OK : manager_totals_count(call, look, counts);
    int64_t uncovered = counts->expired + counts->unlicensed;

    if (status
        || (uncovered > FEW_SENSORS && counts->refusals_at <= call->now
            && call->now - counts->refusals_at < REFUSALS_SECONDS))
        return status;
    return totals_count_refused(call, look, counts);
}

enum status
manager_totals(struct call *call, const struct organization_lock *look, struct manager_page *out)
{
    int64_t id = look->organization_id;
    struct ledger_cache_counts counts = { 0 };

    /* Counts once for a version of the ledger, until the state of a sensor changes. */
    if (look->committed)
        counts = ledger_cache_get(call->ledger_cache, id).counts;
    enum status status = totals_find(call, look, &counts);
    if (status)
        return status;
    if (look->committed)
        ledger_cache_put(call->ledger_cache, id, &(struct ledger_values){ .counts = counts });
    out->licenses_left = counts.licenses_left;
    out->active = counts.active;
    out->expiring = counts.expiring;
    out->expired = counts.expired;
    out->unlicensed = counts.unlicensed;
    out->stopping = counts.stopping;
    out->not_saving = counts.not_saving;
    return STATUS_OK;
}
