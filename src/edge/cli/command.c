#include "edge/cli/command.h"

const char *
command_default(const struct command *command, enum option option)
{
    if (!command->defaults)
        return NULL;
    for (const struct command_default *own = command->defaults; own->words; own++)
        if (own->option == option)
            return own->words;
    return NULL;
}
