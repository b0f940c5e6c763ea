/* verbs.h - how the tests of the ledger come to people, codes and sensors: by the verbs. */
#ifndef SUPPORT_VERBS_H
#define SUPPORT_VERBS_H

#include "service/code/codes.h"
#include "service/manager/manager.h"
#include "support/store_fixture.h"

enum { HOUR = 3600 };

/* 2026-11-24T12:00:00Z, where the fixture's clock begins. */
#define NOON INT64_C(1795521600)

/* An organization in UTC. */
int64_t make_organization(struct fixture *fixture, const char *name);
int64_t make_organization_in(struct fixture *fixture, const char *name, const char *time_zone);
/* The text of a new code, in the arena. */
const char *issue(struct fixture *fixture, int64_t quantity, const char *term);
const char *issue_as(struct fixture *fixture, const struct code_request *request);
/* Issued and redeemed: the key. */
const char *make_key(struct fixture *fixture, int64_t organization_id, int64_t quantity,
                     const char *term);
/* Added, with auto-renewal on. */
struct manager_row add_sensor(struct fixture *fixture, int64_t organization_id, const char *serial,
                              const char *name);

/* As many more as this, which is the organization's only sensor: with its end, without licenses. */
void copy_sensor(struct fixture *fixture, const char *serial, int count);

void remove_sensor(struct fixture *fixture, int64_t organization_id, const char *serial);

/* The call's failure is this one; forgets it. */
#define check_failed(fixture, got, want, code, field)                                              \
    check_failed_at(__FILE__, __LINE__, fixture, got, want, code, field)
void check_failed_at(const char *file, int line, struct fixture *fixture, enum status got,
                     enum status want, const char *code, const char *field);

/* Holds at every moment: no pool below zero, no two intervals of a sensor overlap, every
 * license is taken from its key, chains without a hole, what a sensor keeps of its licenses. */
void check_ledger(struct fixture *fixture);

/* Torture of a verb that adds `delta` rows to what the count `rows` counts. `prepare`
 * makes it a fresh subject (may be NULL). Whichever call to the store fails once, the verb
 * repeats itself and has acted exactly once; whichever fails in a transaction that is
 * then given up, nothing is left. */
struct torture {
    void (*prepare)(struct fixture *fixture, void *with);
    enum status (*verb)(struct fixture *fixture, void *with);
    void *with;
    const char *rows;
    int64_t delta;
};
void check_torture(struct fixture *fixture, const struct torture *torture);

/* The same verb in two threads at once, each with a store, arena and call of its own, the
 * fixture's clock and secret. */
void run_in_two_threads(struct fixture *fixture,
                        void (*verb)(struct call *call, int thread, void *with), void *with);

#endif
