#include "domain/role.h"

#include <string.h>

#include "support/check.h"

TEST(role_has_the_permissions_of_the_table)
{
    static const struct {
        const char *row;
        enum permission permission;
        int analyst, manager, administrator;
    } rows[] = {
        { "see", PERMISSION_SEE, 1, 1, 1 },
        { "see members, notices, webhooks", PERMISSION_SEE_STAFF, 0, 1, 1 },
        { "License Manager", PERMISSION_LICENSES, 0, 1, 1 },
        { "sensors", PERMISSION_SENSORS, 0, 1, 1 },
        { "administer", PERMISSION_ADMINISTER, 0, 0, 1 },
    };
    _Static_assert(sizeof rows / sizeof rows[0] == PERMISSION_COUNT, "a permission has no row");

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].row);
        check_int(role_may(ROLE_ANALYST, rows[i].permission), rows[i].analyst);
        check_int(role_may(ROLE_MANAGER, rows[i].permission), rows[i].manager);
        check_int(role_may(ROLE_ADMINISTRATOR, rows[i].permission), rows[i].administrator);
    }
}

TEST(role_has_a_word)
{
    static const char *const words[] = { "analyst", "manager", "administrator" };

    for (int i = 0; i < ROLE_COUNT; i++) {
        enum role role;

        check_text(role_words[i], words[i]);
        check(role_parse(&role, words[i], strlen(words[i])));
        check_int(role, i);
    }
    check(!role_parse(&(enum role){ 0 }, "Manager", 7));
    check(!role_parse(&(enum role){ 0 }, "operator", 8));
    check(!role_parse(&(enum role){ 0 }, "", 0));
}
