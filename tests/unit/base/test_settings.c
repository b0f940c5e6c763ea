#include "base/settings.h"

#include <stdlib.h>
#include <string.h>

#include "support/check.h"

enum {
    ROW_ADDRESS,
    ROW_THREADS,
    ROW_MODE,
    ROW_STORE,
    ROW_URL,
    ROW_NAME,
    ROW_FILE,
    ROW_JSON,
    ROW_PREFIX,
    ROW_COUNT
};
enum { SERVER = 1, TOOL = 2 };

static const struct setting table[ROW_COUNT] = {
    [ROW_ADDRESS] = { .name = "listen-on",
                      .kind = SETTING_ADDRESS,
                      .shown = "ADDRESS:PORT",
                      .fallback = "127.0.0.1:80",
                      .users = SERVER },
    [ROW_THREADS] = { .name = "threads",
                      .kind = SETTING_NUMBER,
                      .shown = "NUMBER",
                      .fallback = "4",
                      .least = 1,
                      .most = 64,
                      .users = SERVER },
    [ROW_MODE] = { .name = "mode",
                   .kind = SETTING_CHOICE,
                   .shown = "MODE",
                   .fallback = "slow",
                   .choices = "slow|fast",
                   .users = SERVER },
    [ROW_STORE] = { .name = "store",
                    .kind = SETTING_PREFIX,
                    .shown = "URL",
                    .fallback = "",
                    .choices = "file:|net://",
                    .users = SERVER | TOOL,
                    .secret = true },
    [ROW_URL] = { .name = "url",
                  .kind = SETTING_URL,
                  .shown = "URL",
                  .fallback = "",
                  .users = SERVER },
    [ROW_NAME] = { .name = "name",
                   .kind = SETTING_TEXT,
                   .shown = "NAME",
                   .fallback = "",
                   .least = 2,
                   .most = 5,
                   .users = TOOL,
                   .weakest = SOURCE_FLAG },
    [ROW_FILE] = { .name = "file",
                   .kind = SETTING_PATH,
                   .shown = "FILE",
                   .fallback = "",
                   .users = SERVER,
                   .weakest = SOURCE_ENVIRONMENT },
    [ROW_JSON] = { .name = "json",
                   .kind = SETTING_SWITCH,
                   .fallback = "",
                   .users = SERVER | TOOL,
                   .weakest = SOURCE_FLAG },
    [ROW_PREFIX] = { .name = "prefix",
                     .kind = SETTING_WORDS,
                     .fallback = "",
                     .most = 7,
                     .most_words = 3,
                     .users = SERVER },
};

struct fixture {
    struct arena arena;
    struct settings settings;
    struct fault fault;
};

static void
open_fixture(struct fixture *fixture)
{
    *fixture = (struct fixture){ 0 };
    arena_init(&fixture->arena, 256 * 1024);
    settings_init(&fixture->settings, table, ROW_COUNT, &fixture->arena);
}

static enum status
take(struct fixture *fixture, unsigned user, char *const *arguments)
{
    return settings_take_flags(&fixture->settings, user, arguments, &fixture->fault);
}

#define FLAGS(...) ((char *const[]){ __VA_ARGS__, NULL })
#define WORD(text) ((char[]){ text })

TEST(without_anything_given_all_is_the_default)
{
    struct fixture fixture;

    open_fixture(&fixture);
    check_text(settings_text(&fixture.settings, ROW_ADDRESS), "127.0.0.1:80");
    check_int(settings_int64(&fixture.settings, ROW_THREADS), 4);
    check(!settings_on(&fixture.settings, ROW_JSON));
    check(!settings_given(&fixture.settings, ROW_THREADS));
    arena_clear(&fixture.arena);
}

TEST(flags_are_read_in_both_forms_and_operands_in_order)
{
    struct fixture fixture;

    open_fixture(&fixture);
    check_int(take(&fixture, SERVER,
                   FLAGS(WORD("first"), WORD("--threads"), WORD("8"), WORD("--mode=fast"),
                         WORD("--json"), WORD("-"), WORD("--"), WORD("--mode"))),
              STATUS_OK);
    check_int(settings_int64(&fixture.settings, ROW_THREADS), 8);
    check_text(settings_text(&fixture.settings, ROW_MODE), "fast");
    check(settings_on(&fixture.settings, ROW_JSON));
    check_int(fixture.settings.operand_count, 3);
    check_text(fixture.settings.operands[0], "first");
    check_text(fixture.settings.operands[1], "-");
    check_text(fixture.settings.operands[2], "--mode");
    arena_clear(&fixture.arena);
}

TEST(of_a_flag_given_twice_the_last_counts)
{
    struct fixture fixture;

    open_fixture(&fixture);
    check_int(take(&fixture, SERVER, FLAGS(WORD("--threads=8"), WORD("--threads=9"))), STATUS_OK);
    check_int(settings_int64(&fixture.settings, ROW_THREADS), 9);
    arena_clear(&fixture.arena);
}

TEST(a_wrong_flag_is_told_what_would_be_right)
{
    static const struct {
        const char *flag, *reason;
    } rows[] = {
        { "--thread=1", "there is no --thread; did you mean --threads" },
        { "--colour=red", "there is no --colour here" },
        { "-x", "there is no -x here" },
        { "--name=ada", "there is no --name here" }, /* another command's */
        { "--threads", "--threads needs a value: NUMBER" },
        { "--threads=", "--threads is \"\": it must be a number from 1 to 64" },
        { "--threads=0", "--threads is \"0\": it must be a number from 1 to 64" },
        { "--threads=65", "--threads is \"65\": it must be a number from 1 to 64" },
        { "--threads=+4", "--threads is \"+4\": it must be a number from 1 to 64" },
        { "--threads=99999999999999999999",
          "--threads is \"99999999999999999999\": it must be a number from 1 to 64" },
        { "--mode=slo", "--mode is \"slo\": it must be slow or fast" },
        { "--mode=slow|fast", "--mode is \"slow|fast\": it must be slow or fast" },
        { "--mode=\x1b[2J", "--mode is \"?[2J\": it must be slow or fast" },
        { "--store=file",
          "--store cannot be used: it must start with file: or net:// and contain more than that" },
        { "--store=net://",
          "--store cannot be used: it must start with file: or net:// and contain more than that" },
        { "--json=yes", "--json takes no value" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture fixture;
        check_row(rows[i].flag);
        open_fixture(&fixture);
        check_int(take(&fixture, SERVER, FLAGS((char *)rows[i].flag)), STATUS_INVALID);
        check_text(fixture.fault.reason, rows[i].reason);
        arena_clear(&fixture.arena);
    }
}

TEST(an_origin_is_a_scheme_and_a_host)
{
    static const struct {
        const char *value;
        bool fits;
    } rows[] = {
        { "https://example.com", true },
        { "http://127.0.0.1:8080", true },
        { "https://[::1]:8443", true },
        { "", true }, /* the default */
        { "example.com", false },
        { "ftp://example.com", false },
        { "https://", false },
        { "https://example.com/", true },
        { "https://example.com/tenure", false },
        { "https://example.com?x", false },
        { "https://a b", false },
        { "https://ada@example.com", false },
        { "https://example.com#x", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault;
        check_row(rows[i].value);
        check_int(setting_check(&table[ROW_URL], rows[i].value, "x", &fault),
                  rows[i].fits ? STATUS_OK : STATUS_INVALID);
    }
}

TEST(the_limits_of_a_text_are_in_it)
{
    static const struct {
        const char *value;
        bool fits;
    } rows[] = {
        { "a", false },    { "ab", true },     { "abcde", true }, { "abcdef", false },
        { "a\tb", false }, { "a\x7f", false }, { "żż", true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault;
        check_row(rows[i].value);
        check_int(setting_check(&table[ROW_NAME], rows[i].value, "x", &fault),
                  rows[i].fits ? STATUS_OK : STATUS_INVALID);
    }
}

TEST(words_are_parted_by_slashes)
{
    static const struct {
        const char *value;
        bool fits;
    } rows[] = {
        { "", true },          { "/", true },         { "a", true },       { "/a/", true },
        { "a/b/c", true },     { "a/b/c/d", false },  { "Az09-._", true }, { "abc/~ef", true },
        { "/abcdefg/", true }, { "abcdefgh", false }, { "//", true },      { "a//b", false },
        { "a//", false },      { "//a", false },      { "a b", false },    { "a%2Fb", false },
        { "ż", false },        { "a?b", false },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fault fault;
        check_row(rows[i].value);
        check_int(setting_check(&table[ROW_PREFIX], rows[i].value, "x", &fault),
                  rows[i].fits ? STATUS_OK : STATUS_INVALID);
    }
}

TEST(the_environment_is_weaker_than_a_flag)
{
    struct fixture fixture;

    open_fixture(&fixture);
    setenv("TEST_SETTINGS_THREADS", "5", 1);
    setenv("TEST_SETTINGS_LISTEN_ON", "[::]:81", 1);
    setenv("TEST_SETTINGS_MODE", "", 1);    /* does not count */
    setenv("TEST_SETTINGS_NAME", "ada", 1); /* a flag only */
    check_int(take(&fixture, SERVER, FLAGS(WORD("--threads=6"))), STATUS_OK);
    check_int(settings_take_environment(&fixture.settings, "TEST_SETTINGS_", &fixture.fault),
              STATUS_OK);
    check_int(settings_int64(&fixture.settings, ROW_THREADS), 6);
    check_text(settings_text(&fixture.settings, ROW_ADDRESS), "[::]:81");
    check_text(settings_text(&fixture.settings, ROW_MODE), "slow");
    check_text(settings_text(&fixture.settings, ROW_NAME), "");

    setenv("TEST_SETTINGS_THREADS", "none", 1);
    check_int(settings_take_environment(&fixture.settings, "TEST_SETTINGS_", &fixture.fault),
              STATUS_INVALID);
    check(!strncmp(fixture.fault.reason, "TEST_SETTINGS_THREADS is \"none\"", 31));
    unsetenv("TEST_SETTINGS_THREADS");
    unsetenv("TEST_SETTINGS_LISTEN_ON");
    unsetenv("TEST_SETTINGS_MODE");
    unsetenv("TEST_SETTINGS_NAME");
    arena_clear(&fixture.arena);
}

TEST(a_value_beyond_the_limit_is_refused_before_it_is_kept)
{
    static char flag[SETTING_VALUE_MOST_BYTES + 16] = "--store=file:";
    struct fixture fixture;

    open_fixture(&fixture);
    memset(flag + 13, 'x', SETTING_VALUE_MOST_BYTES - 5);
    check_int(take(&fixture, SERVER, FLAGS(flag)), STATUS_OK);
    flag[strlen(flag)] = 'x';
    check_int(take(&fixture, SERVER, FLAGS(flag)), STATUS_INVALID);
    check_text(fixture.fault.reason, "--store is longer than 4096 bytes");
    arena_clear(&fixture.arena);
}
