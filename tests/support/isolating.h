/* isolating.h - three organizations, and work for each job. A test breaks the first
 * organization. */
#ifndef SUPPORT_ISOLATING_H
#define SUPPORT_ISOLATING_H

#include "service/threads/job_turn.h"
#include "support/store_fixture.h"

enum {
    ISOLATED = 9011, /* the first, so that the others stand behind it */
    FIRST_OTHER = 9012,
    LAST_OTHER = 9013,
    ISOLATING_CASES = 6,
};

/* A job, what gives an organization work for it, and what counts as done. In these texts and those
 * of the functions below, $o is the organization, $s its sensor, $h the sensor's serial, $t now, $d
 * the begin of tomorrow, $b one byte. */
struct isolating_case {
    const char *job;
    const char *work;
    const char *done; /* counts, 1 at the end */
};

extern const struct isolating_case isolating_cases[ISOLATING_CASES];

const struct isolating_case *isolating_case_of(const char *job);
struct job_turn isolating_turn(const char *job);

/* An organization in UTC with a member who gets notices, and a sensor with a license. */
void isolating_make(struct fixture *fixture, int64_t id);
/* All three, with work. */
void isolating_begin(struct fixture *fixture, const struct isolating_case *row);
void isolating_end(struct fixture *fixture);

void isolating_run_sql(struct fixture *fixture, int64_t organization, const char *text);
/* False: the store refuses it. */
bool isolating_try_sql(struct fixture *fixture, int64_t organization, const char *text);
int64_t isolating_count(struct fixture *fixture, int64_t organization, const char *text);

/* Runs the job as the ticker does, but in the fixture's time; returns the number of failed steps.
 */
int isolating_run_job(struct fixture *fixture, struct job_turn *turn);

/* The number of records; each is of this organization and job. */
int64_t isolating_left_out(struct fixture *fixture, int64_t organization, const char *job);

#endif
