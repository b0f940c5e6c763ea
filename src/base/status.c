#include "base/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum status
fail(struct fault *fault, enum status status, const char *code, const char *field,
     const char *reason, ...)
{
    assert(status != STATUS_OK);
    if (!fault)
        return status;

    va_list args;
    va_start(args, reason);
    fault->status = status;
    fault->until = 0;
    snprintf(fault->code, sizeof fault->code, "%s", code);
    snprintf(fault->field, sizeof fault->field, "%s", field);
    vsnprintf(fault->reason, sizeof fault->reason, reason, args);
    va_end(args);
    return status;
}
