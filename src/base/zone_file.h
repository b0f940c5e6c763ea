/*
 * zone_file.h - a parsed TZif file. For base/zone*.c only.
 */
#ifndef BASE_ZONE_FILE_H
#define BASE_ZONE_FILE_H

#include "base/zone.h"
#include "base/zone_rule.h"

struct zone_transition {
    utc_seconds at;
    int32_t offset; /* from then on */
};

struct zone {
    char name[ZONE_NAME_SIZE];
    bool has_rule;
    struct zone_rule rule; /* after the last transition */
    int32_t first_offset;  /* before the first transition */
    int32_t lowest_offset; /* of all transitions and the rule */
    int32_t highest_offset;
    size_t count;
    struct zone_transition transitions[]; /* ascending */
};

#endif
