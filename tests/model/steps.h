/* steps.h - what the kinds of steps share. */
#ifndef TESTS_MODEL_STEPS_H
#define TESTS_MODEL_STEPS_H

#include "run.h"

/* An organization's place. */
int steps_organization(struct run *run, uint32_t draw);
int64_t steps_id(const struct run *run, int organization);
/* Mostly of a sensor that the organization has. */
const char *steps_serial(struct run *run, int organization, uint32_t draw);
/* Mostly none: -1; or one of the organization's, now and then somebody else's. */
int steps_key(struct run *run, int organization, uint32_t draw);
const char *steps_key_text(const struct run *run, int code); /* NULL for -1 */

/* steps_codes.c */
void steps_issue(struct run *run, const uint32_t *draw);
void steps_redeem(struct run *run, const uint32_t *draw);
void steps_revoke(struct run *run, const uint32_t *draw);

/* steps_many.c */
void steps_ingest(struct run *run, const uint32_t *draw);
void steps_import(struct run *run, const uint32_t *draw);
void steps_assign_many(struct run *run, const uint32_t *draw);

#endif
