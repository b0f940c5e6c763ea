/*
 * demo.h - `tenure demo`.
 */
#ifndef MAIN_DEMO_H
#define MAIN_DEMO_H

#include "edge/cli/command.h"

#define DEMO_COAP "127.0.0.1:5683" /* not the default of `serve`: nobody outside is meant */

enum exit_code demo_run(struct cli *cli);

#endif
