/* role.h - the roles of an organization and their permissions. */
#ifndef DOMAIN_ROLE_H
#define DOMAIN_ROLE_H

#include <stdbool.h>
#include <stddef.h>

/* Ordered: each role has all permissions of the one before. */
enum role { ROLE_ANALYST, ROLE_MANAGER, ROLE_ADMINISTRATOR, ROLE_COUNT };

enum permission {
    PERMISSION_SEE,        /* dashboards, measurements, alerts; read sensors and alarm rules */
    PERMISSION_SEE_STAFF,  /* read members, notices, webhooks */
    PERMISSION_LICENSES,   /* License Manager: see, redeem, assign, take back, auto-renewal */
    PERMISSION_SENSORS,    /* change sensors, alarm rules, Notification Manager */
    PERMISSION_ADMINISTER, /* members, roles, API tokens, organization settings, audit log */
    PERMISSION_COUNT
};

bool role_may(enum role role, enum permission permission);

/* "analyst", "manager", "administrator". */
extern const char *const role_words[ROLE_COUNT];
bool role_parse(enum role *out, const char *text, size_t length);

#endif
