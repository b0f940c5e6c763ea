/*
 * code_commands.h - `tenure code issue` and `tenure code check`.
 */
#ifndef EDGE_CLI_CODE_COMMANDS_H
#define EDGE_CLI_CODE_COMMANDS_H

#include "edge/cli/command.h"

enum exit_code code_issue_run(struct cli *cli);
enum exit_code code_check_run(struct cli *cli);

#endif
