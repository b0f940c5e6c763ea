/* assignments_pick.h - finds the sensors of a bulk assignment; private to assignments.c. */
#ifndef SERVICE_MANAGER_ASSIGNMENTS_PICK_H
#define SERVICE_MANAGER_ASSIGNMENTS_PICK_H

#include "service/license/licensing_give.h"
#include "service/manager/assignments.h"

/* Finds the recipients of a gift, at most `most`, and reads what they hold. Runs in a transaction
 * that holds gift->lock; failures as assignments_make(). */
enum status assignments_pick(struct call *call, const struct assignment_request *request,
                             size_t most, struct license_gift *gift);

#endif
