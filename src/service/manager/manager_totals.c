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
manager_totals_count(struct call *call, int64_t organization_id, struct ledger_cache_counts *out)
{
    struct manager_counts_out row;
    enum status status = manager_counts(&call->db,
                                        &(struct manager_counts_in){
                                            .organization_id = organization_id,
                                            .now = call->now,
                                            .soon = soon(call->now),
                                        },
                                        &row);

    if (status)
        return status;
    *out = (struct ledger_cache_counts){
        .from = call->now,
        .until = row.next_end ? row.next_end : UTC_NEVER,
        .active = row.active,
        .expiring = row.expiring,
        .expired = row.expired,
        .unlicensed = row.unlicensed,
    };
    if (row.next_soon && row.next_soon - soon(0) < out->until)
        out->until = row.next_soon - soon(0);
    return STATUS_OK;
}

/* Once for a version of the ledger, until the next sensor passes a border. */
static enum status
count_once(struct call *call, int64_t organization_id, int64_t version,
           struct ledger_cache_counts *out)
{
    if (ledger_cache_get_counts(call->ledger_cache, organization_id, out) && out->version == version
        && call->now >= out->from && call->now < out->until)
        return STATUS_OK;
    enum status status = manager_totals_count(call, organization_id, out);
    if (status)
        return status;
    out->version = version;
    ledger_cache_put_counts(call->ledger_cache, organization_id, out);
    return STATUS_OK;
}

enum status
manager_totals(struct call *call, int64_t organization_id, bool committed, struct manager_page *out)
{
    struct manager_state_out state;
    struct ledger_cache_counts counts;
    bool found;
    enum status status =
        manager_state(&call->db, &(struct manager_state_in){ .organization_id = organization_id },
                      &state, &found);

    if (!status)
        status = committed ? count_once(call, organization_id, state.version, &counts)
                           : manager_totals_count(call, organization_id, &counts);
    if (status)
        return status;
    out->licenses_left = state.licenses_left;
    out->active = counts.active;
    out->expiring = counts.expiring;
    out->expired = counts.expired;
    out->unlicensed = counts.unlicensed;
    return STATUS_OK;
}
