#include <string.h>

#include "domain/claim.h"
#include "support/check.h"

TEST(claim_codes_have_one_form)
{
    static const struct {
        const char *typed, *read; /* NULL: it is none */
    } rows[] = {
        { "K7Q2M9", "K7Q2M9" },  { " k7q2-m9 ", "K7Q2M9" },
        { "K7Q2 M9", "K7Q2M9" }, { "a.b#", "A.B#" },
        { "a:b#", NULL },        { "abc", NULL },
        { "a-b-c", NULL },       { "", NULL },
        { "K7Q2\tM9", NULL },    { "K7Q2\xC3\xA9", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char code[CLAIM_CODE_SIZE] = "untouched";

        check_row(rows[i].typed);
        check_int(claim_code_read(code, rows[i].typed, strlen(rows[i].typed)),
                  rows[i].read != NULL);
        check_text(code, rows[i].read ? rows[i].read : "untouched");
    }
}

TEST(claim_codes_have_a_limit)
{
    char typed[CLAIM_CODE_MOST + 1], code[CLAIM_CODE_SIZE];

    memset(typed, 'A', sizeof typed);
    check(claim_code_read(code, typed, CLAIM_CODE_MOST));
    check_int((int64_t)strlen(code), CLAIM_CODE_MOST);
    check(!claim_code_read(code, typed, CLAIM_CODE_MOST + 1));
}

TEST(claim_split_finds_the_end_of_the_serial)
{
    static const struct {
        const char *text;
        size_t end;
    } rows[] = {
        { "282C02424EED:K7Q2", 12 },     { "28:2C:02:42:4E:ED:K7Q2", 17 },
        { "28-2c-02-42-4e-ed:K.7", 17 }, { "282C02424EED", 12 },
        { "282C02424EED:K:7", 16 },      { "AC:DE:28:2C:02:00:42:4E", 23 },
        { "28:2C:02:42:4E:ED", 17 },     { "282C02424EED:", 13 },
        { "nonsense:K7Q2", 13 },         { "", 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_row(rows[i].text);
        check_int((int64_t)claim_split(rows[i].text, strlen(rows[i].text)), (int64_t)rows[i].end);
    }
}

#define LISTED    .listed = true
#define HERE      .bound_here = true
#define ELSEWHERE .bound_elsewhere = true
#define CODED     .has_code = true
#define GIVEN     .code_given = true
#define RIGHT     .code_given = true, .code_matches = true

TEST(claim_verdicts_follow_the_policy)
{
    static const struct {
        struct claim_facts facts;
        enum claim_verdict open, listed, code;
    } rows[] = {
        { { 0 }, CLAIM_ACCEPTED, CLAIM_NOT_AVAILABLE, CLAIM_REQUIRED },
        { { GIVEN }, CLAIM_ACCEPTED, CLAIM_NOT_AVAILABLE, CLAIM_WRONG },
        { { LISTED }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_REQUIRED },
        { { LISTED, GIVEN }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_WRONG },
        { { LISTED, HERE }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_ACCEPTED },
        { { LISTED, ELSEWHERE }, CLAIM_NOT_AVAILABLE, CLAIM_NOT_AVAILABLE, CLAIM_REQUIRED },
        { { LISTED, ELSEWHERE, GIVEN }, CLAIM_NOT_AVAILABLE, CLAIM_NOT_AVAILABLE, CLAIM_WRONG },
        { { LISTED, CODED }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_REQUIRED },
        { { LISTED, CODED, GIVEN }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_WRONG },
        { { LISTED, CODED, RIGHT }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_ACCEPTED },
        { { LISTED, CODED, HERE }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_REQUIRED },
        { { LISTED, CODED, HERE, RIGHT }, CLAIM_ACCEPTED, CLAIM_ACCEPTED, CLAIM_ACCEPTED },
        { { LISTED, CODED, ELSEWHERE, RIGHT },
          CLAIM_NOT_AVAILABLE,
          CLAIM_NOT_AVAILABLE,
          CLAIM_NOT_AVAILABLE },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        check_int(claim_judge(CLAIM_OPEN, &rows[i].facts), rows[i].open);
        check_int(claim_judge(CLAIM_LISTED, &rows[i].facts), rows[i].listed);
        check_int(claim_judge(CLAIM_CODE, &rows[i].facts), rows[i].code);
    }
}

TEST(claim_policies_have_words)
{
    check_int(claim_policy_parse("open"), CLAIM_OPEN);
    check_int(claim_policy_parse("listed"), CLAIM_LISTED);
    check_int(claim_policy_parse("code"), CLAIM_CODE);
    check_int(claim_policy_parse("other"), CLAIM_OPEN);
}
