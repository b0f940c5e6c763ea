#include "service/threads/moments.h"

#include "service/alarm/alarm_lost.h"
#include "service/alarm/alert_mail.h"
#include "service/ledger/expiry_moment.h"
#include "service/ledger/expiry_watch.h"
#include "service/ledger/renewing_moment.h"
#include "service/notice/notices_moment.h"
#include "service/notice/pool_watch.h"
#include "service/outbox/outbox_old.h"

const struct moment moments[] = {
    { "renewals", renewing_moment_step, renewing_moment_next },
    { "notices", notices_moment_step, notices_moment_next },
    { "low pools", pool_watch_moment_step, pool_watch_moment_next },
    { "expired licenses", expiry_moment_step, expiry_watch_moment_next },
    { "old messages", outbox_old_moment_step, outbox_old_moment_next },
    { "lost connections", alarm_lost_moment_step, alarm_lost_moment_next },
    { "alerts", alert_mail_moment_step, alert_mail_moment_next },
    { .name = NULL },
};
