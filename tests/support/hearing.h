/*
 * hearing.h - sensors that send to one server or several, and the job that finds the lost ones.
 */
#ifndef SUPPORT_HEARING_H
#define SUPPORT_HEARING_H

#include "domain/measurement.h"
#include "service/ingest/ingest.h"
#include "support/store_fixture.h"

#define HEARD_SERIAL "282C02424EED"

/* A server: its caches, and its index of the journal. */
struct server {
    struct ingest *ingest;
    struct journal_index *journal_index;
};

struct server server_open(struct fixture *fixture);
void server_close(struct server *server);

/* The organization of ledger_rows.h with HEARD_SERIAL, licensed since an hour ago and for 9000. */
void begin_hearing(struct fixture *fixture);

/* A rule on all sensors, made now; also for the organization's cache of rules. */
void watch(struct fixture *fixture, int64_t rule_id, const char *condition, int64_t for_seconds);

/* Sends measurements with one sample of now, if the delivery has none. */
void hear(struct fixture *fixture, const struct server *server, struct delivery delivery);
/* Measurements that announce the next ones after so many seconds; 0: that announce none. */
void hear_announce(struct fixture *fixture, const struct server *server, int64_t seconds);

/* Runs the job at `now` on this server. The number of open alerts. */
int64_t open_at(struct fixture *fixture, const struct server *server, utc_seconds now);

#endif
