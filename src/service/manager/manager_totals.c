#include "service/manager/manager_totals.h"

#include "service/core/ledger_cache.h"
#include "statements.h"
#include "store/store.h"

static utc_seconds
soon(utc_seconds now)
{
    return now + EXPIRING_DAYS * UTC_DAY;
}

static enum status
manager_totals_count(struct call *call, const struct organization_lock *look,
                     struct ledger_cache_counts *out)
{
    struct manager_counts_out row;
    enum status status = manager_counts(&call->db,
                                        &(struct manager_counts_in){
                                            .organization_id = look->organization_id,
                                            .now = call->now,
                                            .soon = soon(call->now),
                                        },
                                        &row);

    if (status)
        return status;
    *out = (struct ledger_cache_counts){
        .version = look->version,
        .from = call->now,
        .until = row.next_end ? row.next_end : UTC_NEVER,
        .licenses_left = row.licenses_left,
        .active = row.active,
        .expiring = row.expiring,
        .expired = row.expired,
        .unlicensed = row.unlicensed,
    };
    if (row.next_soon && row.next_soon - soon(0) < out->until)
        out->until = row.next_soon - soon(0);
    return STATUS_OK;
}

enum status
manager_totals(struct call *call, const struct organization_lock *look, struct manager_page *out)
{
    int64_t id = look->organization_id;
    struct ledger_cache_counts counts = { 0 };

    if (look->committed)
        counts = ledger_cache_get(call->ledger_cache, id).counts;
    /* Counts once for a version of the ledger, until the state of a sensor changes. */
    if (counts.version != look->version || call->now < counts.from || call->now >= counts.until) {
        enum status status = manager_totals_count(call, look, &counts);
        if (status)
            return status;
        if (look->committed)
            ledger_cache_put(call->ledger_cache, id, &(struct ledger_values){ .counts = counts });
    }
    out->licenses_left = counts.licenses_left;
    out->active = counts.active;
    out->expiring = counts.expiring;
    out->expired = counts.expired;
    out->unlicensed = counts.unlicensed;
    return STATUS_OK;
}
