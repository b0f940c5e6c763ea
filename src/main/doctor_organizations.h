/* doctor_organizations.h - the findings of `tenure doctor` about single organizations. */
#ifndef MAIN_DOCTOR_ORGANIZATIONS_H
#define MAIN_DOCTOR_ORGANIZATIONS_H

#include "service/core/call.h"

/* Takes a line of the report: a warning. */
typedef void doctor_warn(void *doctor, const char *what, const char *words);

/* Names the organizations whose time zone this machine lacks, and those that a job leaves out; of
 * each list the first DOCTOR_ORGANIZATIONS, and the number of the rest. */
enum { DOCTOR_ORGANIZATIONS = 10 };
void doctor_check_organizations(struct call *call, doctor_warn *warn, void *doctor);

#endif
