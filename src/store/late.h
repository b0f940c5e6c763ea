/* late.h - the end of the time of a store: its deadline, or the budget of its work. */
#ifndef STORE_LATE_H
#define STORE_LATE_H

#include <stdbool.h>

#include "base/deadline.h"
#include "base/status.h"

/* When a connection's statements must end; each may be NULL. */
struct late {
    const struct deadline *deadline; /* of the process */
    const struct deadline *budget;   /* of the work: the driver's set_budget */
};

bool late_is_over(const struct late *late);

/* STATUS_BUSY; code "took_too_long" if only the budget is over. */
enum status late_fail(const struct late *late, struct fault *fault);

#endif
