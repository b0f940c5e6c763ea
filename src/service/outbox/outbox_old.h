/*
 * outbox_old.h - a scheduled job (schedule.h) that deletes the content of messages a month after
 * they were queued, unless they still wait, and the messages a year after.
 */
#ifndef SERVICE_OUTBOX_OUTBOX_OLD_H
#define SERVICE_OUTBOX_OUTBOX_OLD_H

#include "service/core/call.h"

enum { OUTBOX_CONTENT_DAYS = 30, OUTBOX_MESSAGE_DAYS = 366 };

enum status outbox_old_job_run(struct call *call, bool *more);
enum status outbox_old_job_next_at(struct call *call, utc_seconds *at);

#endif
