/* audit_seal_begin.c - begins to seal a store that has no seals. */
#include "service/audit/audit_seal.h"
#include "service/core/transaction.h"
#include "statements.h"

static enum status
begin_body(struct call *call, void *with)
{
    struct audit_seal_top top;
    bool found;
    enum status status = audit_seal_top_read(call, &top, &found);

    (void)with;
    return status || found ? status : audit_checkpoint(call, "the first seals of this store");
}

enum status
audit_seal_begin(struct call *call)
{
    struct audit_seal_marks_out marks;
    struct audit_seal_top top;
    bool found, any_clock = call->any_clock;
    enum status status = audit_seal_top_read(call, &top, &found);

    if (status || found)
        return status;
    status = audit_seal_marks(&call->db, &(struct audit_seal_marks_in){ top.first }, &marks);
    if (status)
        return status;
    if (marks.entries == 0)
        return audit_seal_all(call);
    call->any_clock = true;
    status = transact(call, begin_body, NULL);
    call->any_clock = any_clock;
    return status;
}
