/* commands.h - the commands that need no server. */
#ifndef EDGE_CLI_COMMANDS_H
#define EDGE_CLI_COMMANDS_H

#include "edge/cli/command.h"

enum exit_code audit_verify_run(struct cli *cli);
enum exit_code code_issue_run(struct cli *cli);
enum exit_code code_check_run(struct cli *cli);
enum exit_code user_add_run(struct cli *cli);

#endif
