/*
 * pool_watch.h - a scheduled job (schedule.h) that warns when a pool will not last.
 *
 * A pool is low when the renewals due within POOL_SHORTAGE_DAYS outnumber its licenses. Recipients
 * and webhooks get one warning, and another only after the pool has recovered. The job checks an
 * organization when its ledger has changed, and once a day. A check counts no further than the pool
 * reaches. It computes the plan (domain/renewal.h) only where short terms renew repeatedly.
 */
#ifndef SERVICE_NOTICE_POOL_WATCH_H
#define SERVICE_NOTICE_POOL_WATCH_H

#include "service/core/call.h"

enum status pool_watch_job_run(struct call *call, bool *more);
enum status pool_watch_job_next_at(struct call *call, utc_seconds *at);

#endif
