/*
 * demo.h - `tenure demo`.
 */
#ifndef MAIN_DEMO_H
#define MAIN_DEMO_H

#include "edge/cli/command.h"

enum exit_code demo_run(struct cli *cli);

#endif
