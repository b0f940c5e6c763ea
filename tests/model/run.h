/*
 * run.h - the program and the model do the same, step by step.
 *
 * A step is plain numbers, drawn before the run. What they stand for (which sensor, which
 * key, how far the clock moves) is looked up in the model when the step is taken, so that
 * steps can be left out and the rest still mean something: a run that differs is shrunk.
 */
#ifndef TESTS_MODEL_RUN_H
#define TESTS_MODEL_RUN_H

#include "service/ingest/ingest.h"
#include "support/store_fixture.h"
#include "world.h"

enum { STEP_DRAWS = 12, RUN_LINES = 20, RUN_LINE_SIZE = 320, RUN_NODES = 2 };

struct step {
    uint32_t kind, dry, clock;
    uint32_t draw[STEP_DRAWS];
};

struct run {
    struct fixture *fixture;
    struct journal_index *journal_index;
    struct ledger_cache *ledger_cache;
    struct ingest *nodes[RUN_NODES]; /* two tables of coverage over one store */
    struct world world;
    struct world kept;    /* before the step */
    utc_seconds clock;    /* what the machine's clock says */
    utc_seconds now;      /* what the program should act at */
    utc_seconds acted;    /* the latest of them */
    utc_seconds saved_at; /* when messages were saved last */
    bool import_counts;   /* the import that is refused has a serial of others */
    bool behind;          /* rule 10: it should put all writes off */
    bool dry;
    bool touched[MOST_ORGANIZATIONS];
    size_t taken; /* steps so far */

    bool differs;
    char difference[RUN_LINE_SIZE];
    char lines[RUN_LINES][RUN_LINE_SIZE]; /* the last steps, in words */
    size_t line_count;
};

void run_begin(struct run *run, struct fixture *fixture, const struct step *first);
void run_end(struct run *run);
/* Takes one step and compares. */
void run_step(struct run *run, const struct step *step);
/* Compares everything. */
void run_compare_all(struct run *run);

/* For steps.c and compare.c. */
const char *run_serial(uint32_t draw);         /* ascending, for 0 to MOST_SERIALS - 1 */
const char *run_serial_of(const char *serial); /* the same, for good */
int64_t run_number(uint32_t draw, int64_t below);
/* Adds to the step's line. */
void run_note(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
/* Keeps the first difference. */
void run_differ(struct run *run, const char *format, ...) PRINTF_LIKE(2, 3);
void run_same(struct run *run, const char *what, int64_t got, int64_t want);
void run_same_text(struct run *run, const char *what, const char *got, const char *want);
/* Holds what the program answered against what it should; true when both say yes, and
 * what they say can be compared. */
bool run_answered(struct run *run, enum status got, struct expected want);

/* Each looks its arguments up, and calls the program and the model. */
void steps_take(struct run *run, const struct step *step);

void compare_organization(struct run *run, int organization);

#endif
