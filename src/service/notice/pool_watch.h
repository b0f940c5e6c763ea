/*
 * pool_watch.h - tells once when a pool will not last (schedule.h): when the renewals that fall due
 * within POOL_SHORTAGE_DAYS outnumber its licenses; again only after it was good in between.
 *
 * An organization is looked at when its ledger has changed, and once a day. A look counts
 * no further than the pool reaches, and makes the plan (domain/renewal.h) only where short
 * terms come back into the line.
 */
#ifndef SERVICE_NOTICE_POOL_WATCH_H
#define SERVICE_NOTICE_POOL_WATCH_H

#include "service/core/call.h"

enum status pool_watch_job_run(struct call *call, bool *more);
enum status pool_watch_job_next_at(struct call *call, utc_seconds *at);

#endif
