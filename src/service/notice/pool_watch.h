/*
 * pool_watch.h - tells once when a pool will not last (moments.h): when the renewals that fall due
 * within POOL_LOOK_DAYS outnumber its licenses; again only after it was good in between.
 *
 * An organization is looked at when its ledger has changed, and once a day. A look counts
 * no further than the pool reaches, and makes the plan (domain/renewal.h) only where short
 * terms come back into the line.
 */
#ifndef SERVICE_NOTICE_POOL_WATCH_H
#define SERVICE_NOTICE_POOL_WATCH_H

#include "service/core/call.h"

enum status pool_watch_moment_step(struct call *call, bool *more);
enum status pool_watch_moment_next(struct call *call, utc_seconds *at);

#endif
