#include "service/threads/schedule.h"

#include "service/alarm/alarm_due.h"
#include "service/alarm/alarm_lost.h"
#include "service/alarm/alert_mail.h"
#include "service/audit/audit_seal.h"
#include "service/ingest/conflict_watch.h"
#include "service/ingest/refused_messages.h"
#include "service/ledger/expiry_watch.h"
#include "service/ledger/ledger_jobs.h"
#include "service/notice/notices_job.h"
#include "service/notice/pool_watch.h"
#include "service/outbox/outbox_old.h"

const struct scheduled_job schedule[] = {
    { "renewals", renewal_job_run, renewal_job_next_at },
    { "notices", notices_job_run, notices_job_next_at },
    { "low pools", pool_watch_job_run, pool_watch_job_next_at },
    { "expired licenses", expiry_job_run, expiry_job_next_at },
    { "old messages", outbox_old_job_run, outbox_old_job_next_at },
    { "lost connections", alarm_lost_job_run, alarm_lost_job_next_at },
    { "alerts due", alarm_due_job_run, alarm_due_job_next_at },
    { "alerts", alert_mail_job_run, alert_mail_job_next_at },
    { "conflicts", conflict_watch_job_run, conflict_watch_job_next_at },
    { "old refusals", refused_messages_job_run, refused_messages_job_next_at },
    { "audit seals", audit_seal_job_run, audit_seal_job_next_at },
    { .name = NULL },
};
