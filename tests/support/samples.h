/* samples.h - comparing samples: a struct has padding, so memcmp() will not do. */
#ifndef SUPPORT_SAMPLES_H
#define SUPPORT_SAMPLES_H

#include <stdbool.h>

#include "domain/measurement.h"

static inline bool
same_samples(const struct sample *a, const struct sample *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i].at != b[i].at || a[i].raw != b[i].raw || a[i].type != b[i].type
            || a[i].channel != b[i].channel || a[i].kind != b[i].kind)
            return false;
    return true;
}

#endif
