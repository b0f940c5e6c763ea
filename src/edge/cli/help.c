#include "edge/cli/help.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "edge/cli/answer.h"

enum { NAME_COLUMNS = 28, TEXT_COLUMNS = 80 };

/* Prints `length` bytes of the text from column NAME_COLUMNS on, broken at spaces. */
static void
print_wrapped(const char *text, size_t length)
{
    const size_t room = TEXT_COLUMNS - NAME_COLUMNS;
    const char *stop = text + length;

    while ((size_t)(stop - text) > room) {
        size_t end = room;
        while (end > 0 && text[end] != ' ')
            end--;
        if (end == 0)
            break;
        printf("%.*s\n%*s", (int)end, text, NAME_COLUMNS, "");
        text += end + 1;
    }
    printf("%.*s", (int)(stop - text), text);
}

/* Omits the default in the help text if the command has its own. */
static void
print_help(const struct setting *option, const char *own)
{
    const char *words = own ? strstr(option->help, "; default: ") : NULL;

    print_wrapped(option->help, words ? (size_t)(words - option->help) : strlen(option->help));
    if (own || *option->fallback)
        printf("\n%*s(default: %s)", NAME_COLUMNS, "", own ? own : option->fallback);
    printf("\n");
}

static void
print_option(const struct setting *option, const char *own)
{
    char left[64];

    snprintf(left, sizeof left, "  --%s %s", option->name, option->shown ? option->shown : "");
    printf("%-*s", NAME_COLUMNS, left);
    if (strlen(left) >= NAME_COLUMNS)
        printf("\n%*s", NAME_COLUMNS, "");
    print_help(option, own);
}

static void
print_options(const struct command *command, bool settings)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct setting *option = &options_table[i];
        if ((option->users & command->bit) && settings == (option->weakest != SOURCE_FLAG))
            print_option(option, command_default(command, (enum option)i));
    }
}

static bool
has_settings(const struct command *command)
{
    return options_table[OPTION_STORE].users & command->bit;
}

static void
print_command(const struct command *command)
{
    printf("tenure %s%s%s - %s\n", command->name, *command->operands ? " " : "", command->operands,
           command->summary);
    if (*command->detail)
        printf("\n%s\n", command->detail);
    printf("\nFlags\n");
    print_options(command, false);
    if (!has_settings(command))
        return;
    if (options_table[OPTION_CONFIG].users & command->bit)
        printf(
            "\nSettings: from the flag, else the environment (--store: TENURE_STORE), else a line\n"
            "\"store = …\" of the configuration file, else the default\n");
    else
        printf("\nSettings: from the flag, else the default\n");
    print_options(command, true);
}

static void
print_line(const struct command *command)
{
    printf("  tenure %-18s %s\n", command->name, command->summary);
}

static void
print_all(const struct cli *cli)
{
    printf("tenure %s - licenses for fleets of wireless sensors\n\n", TENURE_VERSION);
    for (const struct command *command = cli->commands; command->name; command++)
        print_line(command);
    printf("\n`tenure help COMMAND` shows more. Exit codes: 0 done, 1 failed, 2 wrong usage.\n");
}

static bool
is_in_group(const struct command *command, const char *word)
{
    size_t first = strcspn(command->name, " ");

    return command->name[first] && strlen(word) == first && !strncmp(command->name, word, first);
}

bool
help_is_group(const struct cli *cli, const char *word)
{
    for (const struct command *command = cli->commands; word && command->name; command++)
        if (is_in_group(command, word))
            return true;
    return false;
}

static void
write_users(struct json_writer *json, const struct cli *cli, const struct setting *option)
{
    json_put_array_open(json, "commands");
    for (const struct command *command = cli->commands; command->name; command++)
        if (option->users & command->bit)
            json_text(json, command->name);
    json_array_close(json);
}

static void
write_option(struct json_writer *json, const struct cli *cli, const struct setting *option)
{
    char environment[64];

    snprintf(environment, sizeof environment, OPTIONS_ENVIRONMENT "%s", option->name);
    for (char *at = environment; *at; at++)
        *at = *at == '-' ? '_' : (char)toupper((unsigned char)*at);
    json_object_open(json);
    json_put_text(json, "name", option->name);
    json_put_text(json, "value", option->shown);
    json_put_text(json, "default", option->fallback);
    json_put_text(json, "environment", option->weakest == SOURCE_FLAG ? NULL : environment);
    json_put_text(json, "help", option->help);
    write_users(json, cli, option);
    json_object_close(json);
}

static void
help_write_all(struct json_writer *json, const void *what)
{
    const struct cli *cli = what;

    json_put_text(json, "version", TENURE_VERSION);
    json_put_array_open(json, "commands");
    for (const struct command *command = cli->commands; command->name; command++) {
        json_object_open(json);
        json_put_text(json, "name", command->name);
        json_put_text(json, "operands", command->operands);
        json_put_text(json, "summary", command->summary);
        json_object_close(json);
    }
    json_array_close(json);
    json_put_array_open(json, "options");
    for (size_t i = 0; i < OPTION_COUNT; i++)
        write_option(json, cli, &options_table[i]);
    json_array_close(json);
}

enum exit_code
help_command(const struct cli *cli, const struct command *command)
{
    if (cli->json)
        return cli_answer(cli, help_write_all, cli);
    print_command(command);
    return EXIT_DONE;
}

enum exit_code
help_group(const struct cli *cli, const char *word)
{
    if (cli->json)
        return cli_answer(cli, help_write_all, cli);
    for (const struct command *command = cli->commands; command->name; command++)
        if (is_in_group(command, word))
            print_line(command);
    printf("\n`tenure help %s COMMAND` shows more.\n", word);
    return EXIT_DONE;
}

static bool
is_called(const struct command *command, const struct settings *settings)
{
    char asked[64];

    snprintf(asked, sizeof asked, "%.30s%s%.30s", settings->operands[0],
             settings->operand_count > 1 ? " " : "",
             settings->operand_count > 1 ? settings->operands[1] : "");
    return !strcmp(command->name, asked);
}

enum exit_code
help_run(struct cli *cli)
{
    if (cli->json)
        return cli_answer(cli, help_write_all, cli);
    if (!cli->settings.operand_count) {
        print_all(cli);
        return EXIT_DONE;
    }
    for (const struct command *command = cli->commands; command->name; command++)
        if (is_called(command, &cli->settings))
            return help_command(cli, command);
    if (cli->settings.operand_count == 1 && help_is_group(cli, cli->settings.operands[0]))
        return help_group(cli, cli->settings.operands[0]);
    return cli_wrong_usage(cli, "there is no such command; `tenure help` lists them");
}

static void
write_version(struct json_writer *json, const void *what)
{
    json_put_text(json, "version", what);
}

enum exit_code
version_run(struct cli *cli)
{
    if (cli->json)
        return cli_answer(cli, write_version, TENURE_VERSION);
    printf("tenure %s\n", TENURE_VERSION);
    return EXIT_DONE;
}
