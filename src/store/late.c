#include "store/late.h"

bool
late_is_over(const struct late *late)
{
    return deadline_is_over(late->deadline) || deadline_is_over(late->budget);
}

enum status
late_fail(const struct late *late, struct fault *fault)
{
    if (deadline_is_over(late->deadline))
        return fail(fault, STATUS_BUSY, "", "", "this server is stopping");
    return fail(fault, STATUS_BUSY, "took_too_long", "", "reading the store took too long");
}
