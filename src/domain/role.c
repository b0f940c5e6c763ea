#include "domain/role.h"

#include <string.h>

static const char *const words[] = {
    [ROLE_ANALYST] = "analyst",
    [ROLE_MANAGER] = "manager",
    [ROLE_ADMINISTRATOR] = "administrator",
};
_Static_assert(sizeof words / sizeof words[0] == ROLE_COUNT, "a role has no word");

/* The lowest role that may. */
static const enum role lowest[] = {
    [PERMISSION_SEE] = ROLE_ANALYST,
    [PERMISSION_SEE_STAFF] = ROLE_MANAGER,
    [PERMISSION_LICENSES] = ROLE_MANAGER,
    [PERMISSION_SENSORS] = ROLE_MANAGER,
    [PERMISSION_ADMINISTER] = ROLE_ADMINISTRATOR,
};
_Static_assert(sizeof lowest / sizeof lowest[0] == PERMISSION_COUNT, "a permission has no role");

bool
role_may(enum role role, enum permission permission)
{
    return role >= lowest[permission];
}

const char *
role_word(enum role role)
{
    return words[role];
}

bool
role_parse(enum role *out, const char *text, size_t length)
{
    for (int role = 0; role < ROLE_COUNT; role++)
        if (strlen(words[role]) == length && !memcmp(words[role], text, length)) {
            *out = (enum role)role;
            return true;
        }
    return false;
}
