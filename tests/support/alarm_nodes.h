/*
 * alarm_nodes.h - one sensor with alarm rules, on several servers of one store.
 *
 * The servers share an index of the journal. The clock is fixture->call.now; it never goes back.
 */
#ifndef SUPPORT_ALARM_NODES_H
#define SUPPORT_ALARM_NODES_H

#include "domain/alarm.h"
#include "domain/coverage.h"
#include "support/verbs.h"

#define ALARM_SERIAL "282C02424EED"

enum {
    ALARM_NODES = 2,
    TEMPERATURE = 1, /* the channels have the numbers of their types */
    DOOR = 5,
};

#define MINUTE INT64_C(60)
#define DAY    (INT64_C(24) * HOUR)

/* From 90 days before FIXTURE_NOW to 90 days after it. */
extern const struct interval alarm_always;

/* The organization LEDGER_ORGANIZATION with a sensor, without a license and auto-renewal. */
void alarm_nodes_begin(struct fixture *fixture);
void alarm_nodes_open(struct fixture *fixture);
void alarm_nodes_close(void);
/* It forgets its caches. */
void alarm_node_restart(size_t node);

void alarm_add_license(struct fixture *fixture, struct interval interval);
/* For all sensors. */
void alarm_add_rule(struct fixture *fixture, int64_t id, const struct alarm_rule *rule);

/* One message. Returns how many samples were saved. */
uint32_t alarm_commit(struct fixture *fixture, size_t node, const struct sample *samples,
                      size_t count);

/* A step of the job alarm_due.h, as a transaction's body; `with` is its `more`. */
enum status alarm_due_body(struct call *call, void *with);
/* Runs the job until nothing is due. */
void alarm_run_due_job(struct fixture *fixture);
/* Sets the clock before. */
void alarm_run_due_job_at(struct fixture *fixture, utc_seconds now);

/* "Open for 10 minutes". */
extern const struct alarm_rule alarm_door_rule;
/* alarm_nodes_begin() with a license and this rule, which has the id 1. */
void alarm_begin_with_door(struct fixture *fixture);
/* A message with one sample. */
void alarm_send_door(struct fixture *fixture, size_t node, utc_seconds at, bool open);

/* Compacts all measurements. */
void alarm_compact(struct fixture *fixture);

/* Alerts that are not withdrawn, and those of them that are open. */
int64_t alarm_count(struct fixture *fixture);
int64_t alarm_count_open(struct fixture *fixture);

/* The earliest instant in alarm_due; -1: nothing is due. */
int64_t alarm_next_due(struct fixture *fixture);

#endif
