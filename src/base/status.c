#include "base/status.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
    memset(fault->numbers, 0, sizeof fault->numbers);
    snprintf(fault->code, sizeof fault->code, "%s", code);
    snprintf(fault->field, sizeof fault->field, "%s", field);
    vsnprintf(fault->reason, sizeof fault->reason, reason, args);
    va_end(args);
    return status;
}

void
fault_add_number(struct fault *fault, const char *name, int64_t number)
{
    size_t at = 0;

    while (at < FAULT_NUMBERS && *fault->numbers[at].name)
        at++;
    assert(at < FAULT_NUMBERS && strlen(name) < sizeof fault->numbers[at].name);
    snprintf(fault->numbers[at].name, sizeof fault->numbers[at].name, "%s", name);
    fault->numbers[at].number = number;
}
