#include "domain/role.h"

#include <string.h>

#include "base/text.h"

const char *const role_words[] = {
    [ROLE_ANALYST] = "analyst",
    [ROLE_MANAGER] = "manager",
    [ROLE_ADMINISTRATOR] = "administrator",
};
_Static_assert(sizeof role_words / sizeof role_words[0] == ROLE_COUNT, "a role has no word");

/* The lowest role with the permission. */
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

bool
role_parse(enum role *out, const char *text, size_t length)
{
    size_t place = text_find_word(role_words, ROLE_COUNT, text, length);

    if (place == ROLE_COUNT)
        return false;
    *out = (enum role)place;
    return true;
}
