/*
 * user_commands.h - `tenure user add`.
 */
#ifndef EDGE_CLI_USER_COMMANDS_H
#define EDGE_CLI_USER_COMMANDS_H

#include "edge/cli/command.h"

enum exit_code user_add_run(struct cli *cli);

#endif
