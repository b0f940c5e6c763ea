#include "domain/password.h"

#include <string.h>

#include "domain/common_passwords.h"
#include "support/check.h"

static const char *const names[] = { "ann.lee@example.org", "Kühlhaus Łódź" };

static void
check_flaw(const char *password, enum password_flaw want)
{
    check_row(password);
    check_int(password_check(password, names, 2), want);
}

TEST(password_has_ten_characters_and_not_ten_bytes)
{
    char longest[PASSWORD_MOST_BYTES + 2] = "";

    check_flaw("", PASSWORD_SHORT);
    check_flaw("xkvbtrwqp", PASSWORD_SHORT);
    check_flaw("xkvbtrwqpm", PASSWORD_FINE);
    check_flaw("éàüöñ", PASSWORD_SHORT);                               /* 10 bytes */
    check_flaw("e\u0301a\u0300u\u0308o\u0308n\u0303", PASSWORD_SHORT); /* 10 code points as typed */
    check_flaw("密码是九个字符长的", PASSWORD_SHORT);                  /* 9 characters */
    check_flaw("这个密码有十个字符长的", PASSWORD_FINE);
    check_flaw("😀🐟🌲🚲🎈🧊🔑📦🌡", PASSWORD_SHORT);
    check_flaw("😀🐟🌲🚲🎈🧊🔑📦🌡🪟", PASSWORD_FINE);
    for (size_t i = 0; i < PASSWORD_MOST_BYTES; i++)
        longest[i] = (char)('a' + i * i % 23);
    check_flaw(longest, PASSWORD_FINE);
    longest[PASSWORD_MOST_BYTES] = 'x';
    check_flaw(longest, PASSWORD_LONG);
}

TEST(password_is_no_pattern)
{
    static const char *const repeats[] = { "aaaaaaaaaaaa", "AAAAAAAAAAAA",     "abcabcabcabc",
                                           "abcdeabcde",   "abababababab",     "1212121212",
                                           "ääääääääääää", "passwordpassword", "Xy9!Xy9!Xy9!",
                                           "0000000001",   "!!!!!!!!!!!!",     "aaaaabbbbbccccc" };
    static const char *const runs[] = { "123456789012",   "9876543210987", "abcdefghijkl",
                                        "zyxwvutsrqpo",   "qwertyuiopas",  "QWERTZUIOPasd",
                                        "asdfghjklasdfg", "qwerty123456",  "azertyuiop12",
                                        "12345abcdefg",   "poiuytrewq" };

    for (size_t i = 0; i < sizeof repeats / sizeof repeats[0]; i++)
        check_flaw(repeats[i], PASSWORD_REPEATS);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++)
        check_flaw(runs[i], PASSWORD_RUNS);
}

TEST(password_is_not_common)
{
    static const char *const common[] = { "password123",    "Password123!", "P@ssw0rd2024",
                                          "1q2w3e4r5t",     "1qaz2wsx3edc", "administrator",
                                          "Administrator1", "iloveyou123",  "welcome1234",
                                          "letmein2024",    "pässwörd1234", "changeme!23",
                                          "manchester1",    "!password12" };

    for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
        check_flaw(common[i], PASSWORD_COMMON);
    for (size_t i = 1; i < common_passwords_count; i++)
        check(strcmp(common_passwords[i - 1], common_passwords[i]) < 0);
    check(common_passwords_count > 5000);
}

TEST(password_is_no_name)
{
    static const char *const named[] = { "Tenure123456789",     "tenure 2026 !",
                                         "ann.lee@example.org", "ANN.LEE@Example.org1",
                                         "annlee123456",        "Ann-Lee-2026",
                                         "kühlhaus łódź",       "Kuhlhaus-Lodz-1",
                                         "123kuhlhauslodz456" };

    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        check_flaw(named[i], PASSWORD_NAMED);
}

TEST(password_may_be_a_few_words)
{
    static const char *const fine[] = {
        "correct horse battery staple",
        "nine green bottles",
        "ten purple elephants",
        "a long password",
        "a quiet green river",
        "a password of the owner",
        "tenure keeps our fridges",
        "ann.lee likes trains",
        "xK9#mQ2$vL7p",
        "zażółć gęślą jaźń",
        "nine and more ",
        "a fine day for a walk in abcdef",
    };

    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        check_flaw(fine[i], PASSWORD_FINE);
    for (int flaw = PASSWORD_SHORT; flaw < PASSWORD_FLAW_COUNT; flaw++)
        check(*password_flaw_sentence((enum password_flaw)flaw));
    check_text(password_flaw_sentence(PASSWORD_SHORT), "has fewer than 10 characters");
    check_int(PASSWORD_LEAST_CHARACTERS, 10);
    check_int(PASSWORD_MOST_BYTES, 1024);
}
