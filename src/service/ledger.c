#include "service/ledger.h"

#include "service/expiry_watch.h"
#include "service/renewing.h"

enum status
ledger_begin(struct call *call, int64_t organization_id, struct organization_lock *out)
{
    bool more = true;
    enum status status = organization_lock(call, organization_id, out);

    while (!status && more)
        status = renewing_step(call, organization_id, out, &more);
    for (more = true; !status && more;)
        status = expiry_watch_step(call, organization_id, &more);
    return status;
}
