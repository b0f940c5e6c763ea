/* doctor.h - the report of `tenure doctor`, and its parts. */
#ifndef MAIN_DOCTOR_H
#define MAIN_DOCTOR_H

#include "main/finding.h"
#include "main/node.h"

enum { DOCTOR_MOST_FINDINGS = 64 };

struct doctor {
    struct cli *cli;
    struct node_options options;
    struct finding findings[DOCTOR_MOST_FINDINGS];
    size_t count;
    bool failed;
};

/* Adds a line. Beyond DOCTOR_MOST_FINDINGS it only counts a failure. */
void doctor_find(struct doctor *doctor, const char *what, enum verdict verdict, const char *format,
                 ...) PRINTF_LIKE(4, 5);

/* The store, as a start of the server would find it: its schema, rights, connections, secret,
 * users, clock, and its disk. Opens it for reading and creates nothing. */
void doctor_check_store(struct doctor *doctor);

/* The ports: free, used by a running Tenure, which it asks, or used by another program. */
void doctor_check_ports(struct doctor *doctor);

/* This machine: zone files, file descriptors, socket buffers, certificates, the user. */
void doctor_check_machine(struct doctor *doctor);

/* The systemd unit, if there is one. */
void doctor_check_unit(struct doctor *doctor);

#endif
