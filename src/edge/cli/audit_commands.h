/*
 * audit_commands.h - `tenure audit verify`.
 */
#ifndef EDGE_CLI_AUDIT_COMMANDS_H
#define EDGE_CLI_AUDIT_COMMANDS_H

#include "edge/cli/command.h"

enum exit_code audit_verify_run(struct cli *cli);

#endif
