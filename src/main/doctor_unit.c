/* doctor_unit.c - the line of `tenure doctor` about the systemd unit. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "main/doctor.h"

enum { LINE_SIZE = 1024, MISSING_SIZE = 300, PATH_SIZE = 4096 };

/* What docs/manual/operations.md has, and what protects most: systemd.exec(5). */
static const char *const wanted[] = {
    "User=",          "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes",
    "PrivateTmp=yes", "PrivateDevices=yes",  "LimitNOFILE=",
};
enum { WANTED_COUNT = sizeof wanted / sizeof wanted[0] };

/* As systemd, a value of "true", "on" or "1" is "yes". */
static bool
unit_line_sets(const char *line, const char *setting)
{
    size_t name = strcspn(setting, "=") + 1;
    const char *value = line + name;

    if (strncmp(line, setting, name) != 0 || !*value)
        return false;
    if (!setting[name] || !strcmp(value, setting + name))
        return true;
    return !strcmp(setting + name, "yes")
           && (!strcmp(value, "true") || !strcmp(value, "on") || !strcmp(value, "1"));
}

static void
unit_read(FILE *file, bool found[WANTED_COUNT])
{
    char line[LINE_SIZE];

    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        for (size_t i = 0; i < WANTED_COUNT; i++)
            found[i] = found[i] || unit_line_sets(line, wanted[i]);
    }
}

/* The first of the unit's places, in the order of systemd.unit(5); $SYSTEMD_UNIT_PATH names the
 * first folder, as for systemd. NULL: there is none. */
static FILE *
unit_open(char path[PATH_SIZE])
{
    const char *first = getenv("SYSTEMD_UNIT_PATH");
    const char *const folders[] = { first ? first : "/etc/systemd/system", "/etc/systemd/system",
                                    "/usr/local/lib/systemd/system", "/usr/lib/systemd/system" };
    FILE *file = NULL;

    for (size_t i = 0; i < sizeof folders / sizeof folders[0] && !file; i++) {
        snprintf(path, PATH_SIZE, "%.*s/tenure.service", (int)strcspn(folders[i], ":"), folders[i]);
        file = fopen(path, "re");
    }
    return file;
}

void
doctor_check_unit(struct doctor *doctor)
{
    bool found[WANTED_COUNT] = { false };
    char missing[MISSING_SIZE] = "";
    size_t used = 0;
    char path[PATH_SIZE];
    FILE *file = unit_open(path);

    if (!file)
        return; /* it starts in another way */
    unit_read(file, found);
    fclose(file);
    for (size_t i = 0; i < WANTED_COUNT && used < sizeof missing; i++)
        if (!found[i])
            used += (size_t)snprintf(missing + used, sizeof missing - used, "%s%s",
                                     used ? ", " : "", wanted[i]);
    if (used > 0)
        doctor_find(doctor, "unit", VERDICT_WARNING,
                    "%.100s lacks %s: add the lines, then `systemctl daemon-reload` and restart",
                    path, missing);
    else
        doctor_find(doctor, "unit", VERDICT_OK, "%.200s restricts the server", path);
}
