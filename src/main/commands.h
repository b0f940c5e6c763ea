/* commands.h - the commands `tenure serve`, `tenure demo` and `tenure doctor`. */
#ifndef MAIN_COMMANDS_H
#define MAIN_COMMANDS_H

#include "edge/cli/command.h"

#define DEMO_COAP "127.0.0.1:5683" /* unlike the default of `serve`: not reachable from outside */

enum exit_code serve_run(struct cli *cli);
enum exit_code demo_run(struct cli *cli);

/* Checks settings, store, clock, ports and mail relay, and changes nothing. Prints a line for each.
 * EXIT_FAILED if the server could not do its work. */
enum exit_code doctor_run(struct cli *cli);

#endif
