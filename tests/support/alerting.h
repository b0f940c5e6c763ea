/*
 * alerting.h - alerts with recipients, for the tests of their mails and notices.
 */
#ifndef SUPPORT_ALERTING_H
#define SUPPORT_ALERTING_H

#include "support/store_fixture.h"

#define ALERT_SERIAL "282C02424EED"

enum { ALERT_RULE = 71 };

/* The organization of ledger_rows.h with this sensor and a rule that tells its two members, anna
 * (61) and bob (62). */
void begin_alerts(struct fixture *fixture);

void open_alert(struct fixture *fixture, int id);
/* Those from `from` to `to`. */
void open_alerts(struct fixture *fixture, int from, int to);
/* Those from 1 to `count`, by a rule each, the id of which is 1000 more; all tell both members. */
void open_alerts_of_rules(struct fixture *fixture, int count);
/* All of them. */
void end_alerts(struct fixture *fixture);

/* A step of the ticker; with: bool, whether there are more. */
enum status alert_mail_step(struct call *call, void *more);

/* Runs the job of alert mails, and counts all mails. */
int64_t count_mails_at(struct fixture *fixture, utc_seconds now);

#endif
