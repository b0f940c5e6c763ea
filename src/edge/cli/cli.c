#include "edge/cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "edge/cli/answer.h"
#include "edge/cli/help.h"

enum { CLI_MEMORY_BYTES = 64 * 1024 * 1024 };

static size_t
count_words(const char *name)
{
    return strchr(name, ' ') ? 2 : 1;
}

/* The number of arguments that form the name of this command; 0: another command. */
static size_t
matches(const struct command *command, char *const *arguments)
{
    size_t words = count_words(command->name);
    size_t first = strcspn(command->name, " ");

    if (!arguments[0] || strncmp(arguments[0], command->name, first) || arguments[0][first])
        return 0;
    if (words == 2 && (!arguments[1] || strcmp(arguments[1], command->name + first + 1)))
        return 0;
    return words;
}

static const struct command *
find_command(const struct command *commands, char *const *arguments, size_t *words)
{
    for (const struct command *command = commands; command->name; command++)
        if ((*words = matches(command, arguments)))
            return command;
    return NULL;
}

static enum exit_code
no_command(const struct cli *cli, const char *word)
{
    if (!word)
        return cli_wrong_usage(cli, "name a command; `tenure help` lists them");
    if (help_is_group(cli, word))
        return cli_wrong_usage(cli, "\"%s\" needs a second word; `tenure help %s` lists them", word,
                               word);
    return cli_wrong_usage(cli, "there is no command \"%.40s\"; `tenure help` lists them", word);
}

static enum status
check_operands(const struct cli *cli, struct fault *fault)
{
    const struct command *command = cli->command;
    size_t count = cli->settings.operand_count;

    if (count < command->least_operands)
        return fail(fault, STATUS_INVALID, "wrong_usage", "", "arguments are missing: tenure %s %s",
                    command->name, command->operands);
    if (count > command->most_operands)
        return fail(fault, STATUS_INVALID, "wrong_usage", "",
                    "\"%.40s\" is one argument too many: tenure %s%s%s",
                    cli->settings.operands[command->most_operands], command->name,
                    *command->operands ? " " : "", command->operands);
    return STATUS_OK;
}

static void
start_log(const struct cli *cli)
{
    static const char *const words[] = { "debug", "info", "warning", "error" };
    const char *chosen = settings_text(&cli->settings, OPTION_LOG_LEVEL);
    const char *own = command_default(cli->command, OPTION_LOG_LEVEL);

    _Static_assert(sizeof words / sizeof *words == LOG_LEVEL_COUNT, "a level has no word");
    if (own && !settings_given(&cli->settings, OPTION_LOG_LEVEL))
        chosen = own;
    for (size_t i = 0; i < LOG_LEVEL_COUNT; i++)
        if (!strcmp(chosen, words[i]))
            log_start((enum log_level)i);
}

static bool
has_flag(char *const *arguments, const char *flag)
{
    for (; *arguments; arguments++)
        if (!strcmp(*arguments, flag))
            return true;
    return false;
}

static enum exit_code
run_command(struct cli *cli, char *const *arguments)
{
    struct fault fault = { 0 };
    enum status status;

    settings_init(&cli->settings, options_table, OPTION_COUNT, &cli->arena);
    status = options_read(&cli->settings, cli->command->bit, arguments, &fault);
    if (status)
        return cli_fail(cli, &fault);
    if (settings_on(&cli->settings, OPTION_HELP))
        return help_command(cli, cli->command);
    status = check_operands(cli, &fault);
    if (status)
        return cli_fail(cli, &fault);
    start_log(cli);
    return cli->command->run(cli);
}

enum exit_code
cli_run(const struct command *commands, const struct cli_backend *backend, char *const *arguments)
{
    struct cli cli = { .commands = commands, .backend = backend };
    static char *const help[] = { (char *)"help", NULL }, *const version[] = { (char *)"version",
                                                                               NULL };
    enum exit_code code;
    size_t words;

    cli.json = has_flag(arguments, "--json");
    if (arguments[0] && (!strcmp(arguments[0], "--help") || !strcmp(arguments[0], "-h")))
        arguments = help;
    else if (arguments[0] && !strcmp(arguments[0], "--version"))
        arguments = version;
    cli.command = find_command(commands, arguments, &words);
    if (!cli.command && has_flag(arguments, "--help") && help_is_group(&cli, arguments[0]))
        return help_group(&cli, arguments[0]);
    if (!cli.command)
        return no_command(&cli, arguments[0]);
    arena_init(&cli.arena, CLI_MEMORY_BYTES);
    code = run_command(&cli, arguments + words);
    arena_clear(&cli.arena);
    return code == EXIT_DONE ? cli_done(&cli) : code;
}
