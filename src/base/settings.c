#include "base/settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { FILE_MOST_BYTES = 64 * 1024, ORIGIN_SIZE = 128, NAME_SIZE = 48, NO_ROW = -1 };

void
settings_init(struct settings *out, const struct setting *table, size_t count, struct arena *arena)
{
    assert(count <= SETTINGS_MOST);
    *out = (struct settings){ .table = table, .count = count, .arena = arena };
    for (size_t i = 0; i < count; i++)
        out->values[i] = table[i].fallback;
}

static int
find_row(const struct settings *settings, const char *name, size_t length)
{
    for (size_t i = 0; i < settings->count; i++)
        if (strlen(settings->table[i].name) == length
            && !strncmp(settings->table[i].name, name, length))
            return (int)i;
    return NO_ROW;
}

/* The Levenshtein distance; NAME_SIZE for a longer name. */
static size_t
distance(const char *a, size_t a_length, const char *b)
{
    size_t row[NAME_SIZE + 1], b_length = strlen(b);

    if (b_length > NAME_SIZE || a_length > NAME_SIZE)
        return NAME_SIZE;
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = diagonal + (a[i - 1] != b[j - 1]);
            size_t add = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = change < add ? change : add;
        }
    }
    return row[b_length];
}

/* The most similar name, or NULL. */
static const char *
nearest(const struct settings *settings, unsigned user, const char *name, size_t length)
{
    const char *best = NULL;
    size_t best_distance = 3;

    for (size_t i = 0; i < settings->count; i++) {
        size_t d = distance(name, length, settings->table[i].name);
        if ((settings->table[i].users & user) && d < best_distance && d < length) {
            best_distance = d;
            best = settings->table[i].name;
        }
    }
    return best;
}

/* A name as its source spells it, for a fault. */
struct spelling {
    const char *where; /* "FILE:LINE: "; "" for a flag */
    const char *dashes;
    struct span name;
};

static enum status
unknown_name(const struct settings *settings, unsigned user, struct spelling as,
             struct fault *fault)
{
    const char *what = *as.where ? "setting " : ""; /* dashes show that it is a flag */
    const char *meant = nearest(settings, user, as.name.at, as.name.length);
    int shown = as.name.length > NAME_SIZE ? NAME_SIZE : (int)as.name.length;

    if (meant)
        return fail(fault, STATUS_INVALID, "unknown_setting", "",
                    "%sthere is no %s%s%.*s; did you mean %s%s", as.where, what, as.dashes, shown,
                    as.name.at, as.dashes, meant);
    return fail(fault, STATUS_INVALID, "unknown_setting", "", "%sthere is no %s%s%.*s here",
                as.where, what, as.dashes, shown, as.name.at);
}

struct given {
    struct span value;
    enum setting_source source;
    const char *origin; /* for a fault: "--http-port" */
};

static enum status
settings_take(struct settings *settings, size_t row, struct given given, struct fault *fault)
{
    size_t length = given.value.length;
    char *copy = length <= SETTING_VALUE_MOST_BYTES
                     ? arena_text(settings->arena, given.value.at, length)
                     : NULL;

    if (!copy)
        return fail(fault, STATUS_INVALID, "bad_setting", settings->table[row].name,
                    "%s is longer than %d bytes", given.origin, SETTING_VALUE_MOST_BYTES);
    enum status status = setting_check(&settings->table[row], copy, given.origin, fault);
    if (!status && given.source >= settings->sources[row]) {
        settings->values[row] = copy;
        settings->sources[row] = given.source;
    }
    return status;
}

/* Reads the flag at *at; moves *at to its last argument. */
static enum status
take_flag(struct settings *settings, unsigned user, char *const **at, struct fault *fault)
{
    const char *name = **at + 2, *value = "yes";
    size_t length = strcspn(name, "=");
    int row = find_row(settings, name, length);
    char origin[ORIGIN_SIZE];

    if (row == NO_ROW || !(settings->table[row].users & user))
        return unknown_name(settings, user, (struct spelling){ "", "--", { name, length } }, fault);
    const struct setting *setting = &settings->table[row];
    snprintf(origin, sizeof origin, "--%s", setting->name);
    if (setting->kind == SETTING_SWITCH && name[length])
        return fail(fault, STATUS_INVALID, "bad_setting", setting->name, "%s takes no value",
                    origin);
    if (setting->kind != SETTING_SWITCH)
        value = name[length] ? name + length + 1 : *++*at;
    if (!value)
        return fail(fault, STATUS_INVALID, "bad_setting", setting->name, "%s needs a value: %s",
                    origin, setting->shown);
    return settings_take(settings, (size_t)row,
                         (struct given){ { value, strlen(value) }, SOURCE_FLAG, origin }, fault);
}

static enum status
take_operand(struct settings *settings, const char *operand, struct fault *fault)
{
    if (settings->operand_count == OPERANDS_MOST)
        return fail(fault, STATUS_INVALID, "wrong_usage", "", "there are too many arguments");
    settings->operands[settings->operand_count++] = operand;
    return STATUS_OK;
}

enum status
settings_take_flags(struct settings *settings, unsigned user, char *const *arguments,
                    struct fault *fault)
{
    bool only_operands = false;

    for (char *const *at = arguments; *at; at++) {
        enum status status = STATUS_OK;
        if (!only_operands && !strcmp(*at, "--"))
            only_operands = true;
        else if (!only_operands && !strncmp(*at, "--", 2))
            status = take_flag(settings, user, &at, fault);
        else if (!only_operands && (*at)[0] == '-' && (*at)[1])
            status = unknown_name(settings, user, (struct spelling){ "", "", { *at, strlen(*at) } },
                                  fault);
        else
            status = take_operand(settings, *at, fault);
        if (status)
            return status;
    }
    return STATUS_OK;
}

enum status
settings_take_environment(struct settings *settings, const char *prefix, struct fault *fault)
{
    for (size_t row = 0; row < settings->count; row++) {
        char name[ORIGIN_SIZE];
        snprintf(name, sizeof name, "%s%s", prefix, settings->table[row].name);
        for (char *at = name; *at; at++)
            *at = *at == '-' ? '_' : *at >= 'a' && *at <= 'z' ? (char)(*at - 'a' + 'A') : *at;
        const char *value = settings->table[row].weakest <= SOURCE_ENVIRONMENT ? getenv(name)
                                                                               : NULL;
        if (!value || !*value)
            continue;
        struct given given = { { value, strlen(value) }, SOURCE_ENVIRONMENT, name };
        enum status status = settings_take(settings, row, given, fault);
        if (status)
            return status;
    }
    return STATUS_OK;
}

/* Reads the whole file and a NUL into the arena. */
static enum status
read_file(struct settings *settings, const char *path, char **out, struct fault *fault)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    char *text = arena_new(settings->arena, FILE_MOST_BYTES + 2);
    ssize_t got, size = 0;

    if (file < 0)
        return fail(fault, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_BROKEN, "bad_setting",
                    "config", "%s: %s", path, strerror(errno));
    if (!text) {
        close(file);
        return fail(fault, STATUS_BROKEN, "", "config", "%s: not enough memory to read it", path);
    }
    while ((got = read(file, text + size, (size_t)(FILE_MOST_BYTES + 1 - size))) > 0)
        size += got;
    int error = errno;
    close(file);
    if (got < 0)
        return fail(fault, STATUS_BROKEN, "bad_setting", "config", "%s: %s", path, strerror(error));
    if (size > FILE_MOST_BYTES || strlen(text) != (size_t)size)
        return fail(fault, STATUS_INVALID, "bad_setting", "config",
                    "%s is not a configuration file: it has a zero byte or more than %d bytes",
                    path, FILE_MOST_BYTES);
    *out = text;
    return STATUS_OK;
}

static struct span
trimmed(const char *text, size_t length)
{
    text_trim(&text, &length);
    return (struct span){ text, length };
}

/* A file may write underscores for hyphens, as the environment does. */
static int
find_in_file(const struct settings *settings, struct span name)
{
    char hyphens[NAME_SIZE];

    if (name.length >= sizeof hyphens)
        return NO_ROW;
    for (size_t i = 0; i < name.length; i++)
        hyphens[i] = name.at[i] == '_' ? '-' : name.at[i];
    return find_row(settings, hyphens, name.length);
}

struct file_reader {
    struct settings *settings;
    int line;
    int set_on[SETTINGS_MOST]; /* the line that sets each setting; 0: none */
    char where[ORIGIN_SIZE];   /* "FILE:LINE: " */
};

static enum status
settings_take_line(struct file_reader *reader, struct span line, struct fault *fault)
{
    struct settings *settings = reader->settings;
    const char *equals = memchr(line.at, '=', line.length), *where = reader->where;
    char origin[ORIGIN_SIZE + NAME_SIZE];

    if (!equals)
        return fail(fault, STATUS_INVALID, "bad_setting", "config",
                    "%sa line must read \"name = value\"", where);
    struct span name = trimmed(line.at, (size_t)(equals - line.at));
    struct span value = trimmed(equals + 1, line.length - (size_t)(equals + 1 - line.at));
    int row = find_in_file(settings, name);
    if (row == NO_ROW || settings->table[row].weakest > SOURCE_FILE)
        return unknown_name(settings, ~0U, (struct spelling){ where, "", name }, fault);
    const char *known = settings->table[row].name;
    if (reader->set_on[row])
        return fail(fault, STATUS_INVALID, "bad_setting", known, "%s%s was set before, on line %d",
                    where, known, reader->set_on[row]);
    reader->set_on[row] = reader->line;
    snprintf(origin, sizeof origin, "%s%s", where, known);
    return settings_take(settings, (size_t)row, (struct given){ value, SOURCE_FILE, origin },
                         fault);
}

enum status
settings_take_file(struct settings *settings, const char *path, struct fault *fault)
{
    struct file_reader reader = { .settings = settings };
    char *text = NULL;
    enum status status = read_file(settings, path, &text, fault);

    while (!status && *text) {
        size_t length = strcspn(text, "\n");
        struct span line = trimmed(text, length);
        snprintf(reader.where, sizeof reader.where, "%.100s:%d: ", path, ++reader.line);
        if (line.length && line.at[0] != '#')
            status = settings_take_line(&reader, line, fault);
        text += length;
        text += *text == '\n';
    }
    return status;
}

const char *
settings_text(const struct settings *settings, size_t row)
{
    assert(row < settings->count);
    return settings->values[row];
}

int64_t
settings_int64(const struct settings *settings, size_t row)
{
    return setting_number(settings_text(settings, row));
}

bool
settings_on(const struct settings *settings, size_t row)
{
    return !strcmp(settings_text(settings, row), "yes");
}

bool
settings_given(const struct settings *settings, size_t row)
{
    assert(row < settings->count);
    return settings->sources[row] != SOURCE_DEFAULT;
}
