/* doctor.h - `tenure doctor`: is all well, and if not, what is to be done? */
#ifndef MAIN_DOCTOR_H
#define MAIN_DOCTOR_H

#include "edge/cli/command.h"

/* Looks at settings, store, clock, ports and mail relay, and changes nothing. Says a line for each.
 * EXIT_FAILED when something keeps the server from doing its work. */
enum exit_code doctor_run(struct cli *cli);

#endif
