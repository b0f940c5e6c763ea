/*
 * settings.h - the settings of one run, by a table.
 *
 * A flag is stronger than the environment, which is stronger than the configuration file, which is
 * stronger than the default. Every value is checked where it is read, so that a fault names its
 * place.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/arena.h"
#include "base/setting.h"

enum { SETTINGS_MOST = 48, OPERANDS_MOST = 8 };

struct settings {
    const struct setting *table;
    size_t count;
    struct arena *arena; /* holds the values */
    const char *values[SETTINGS_MOST];
    enum setting_source sources[SETTINGS_MOST];
    const char *operands[OPERANDS_MOST]; /* arguments that are no flags, in order */
    size_t operand_count;
};

/* Sets all defaults. `table` has at most SETTINGS_MOST rows and outlives `out`. */
void settings_init(struct settings *out, const struct setting *table, size_t count,
                   struct arena *arena);

/* Reads "--name value", "--name=value" and operands; all arguments after "--" are operands.
 * Settings without a bit of `user` are unknown. The last one of equal flags counts. STATUS_INVALID
 * an unknown flag, a missing or bad value, too many operands */
enum status settings_take_flags(struct settings *settings, unsigned user, char *const *arguments,
                                struct fault *fault);

/* Reads `prefix` and the name in capitals with underscores ("TENURE_HTTP_THREADS"). An empty
 * variable counts as absent.
 *   STATUS_INVALID  a bad value */
enum status settings_take_environment(struct settings *settings, const char *prefix,
                                      struct fault *fault);

/* Reads lines "name = value"; skips empty lines and lines that begin with #.
 *   STATUS_NOT_FOUND  there is no such file
 *   STATUS_INVALID    an unknown or duplicate name, another line, a bad value, a file of more
 *                     than 64 KiB
 *   STATUS_BROKEN     the file cannot be read; the reason says why */
enum status settings_take_file(struct settings *settings, const char *path, struct fault *fault);

/* `row` is the index in the table. The text lives as long as the arena. */
const char *settings_text(const struct settings *settings, size_t row);
int64_t settings_int64(const struct settings *settings, size_t row);
bool settings_on(const struct settings *settings, size_t row);    /* a switch */
bool settings_given(const struct settings *settings, size_t row); /* not its default */

#endif
