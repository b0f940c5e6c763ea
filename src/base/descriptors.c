#include "base/descriptors.h"

#include <sys/resource.h>

size_t
descriptors_raise(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit))
        return 1024; /* the usual limit */
    const struct rlimit raised = { .rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max };
    if (limit.rlim_cur < limit.rlim_max && !setrlimit(RLIMIT_NOFILE, &raised))
        limit = raised;
    return limit.rlim_cur < DESCRIPTORS_MOST ? (size_t)limit.rlim_cur : DESCRIPTORS_MOST;
}
