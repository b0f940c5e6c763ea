/*
 * serve.h - `tenure serve`.
 */
#ifndef MAIN_SERVE_H
#define MAIN_SERVE_H

#include "edge/cli/command.h"

enum exit_code serve_run(struct cli *cli);

#endif
