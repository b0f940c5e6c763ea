#include "service/moments.h"

#include "service/renewing_moment.h"

const struct moment moments[] = {
    { "renewals", renewing_moment_step, renewing_moment_next },
    { .name = NULL },
};
