#include "service/forecast/pool_shortage.h"

#include "service/ledger/pool_horizon.h"
#include "service/ledger/renewal_queue.h"

enum status
pool_shortage(struct call *call, int64_t organization_id, utc_seconds until,
              struct pool_shortage *out)
{
    const struct organization_lock organization = { .organization_id = organization_id };
    struct pool_horizon horizon;
    struct renewal_queue_part queue = { .from = 1, .until = until };
    enum status status = renewal_queue_count(call, organization_id, &queue);

    if (!status)
        status = pool_horizon_find(call, &organization, &(struct horizon_range){ .until = until },
                                   &horizon);
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
