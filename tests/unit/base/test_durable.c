#include "base/durable.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/check.h"

enum { PATH_SIZE = 256 };

TEST(a_name_in_a_folder_that_is_there_can_be_made_durable_however_it_is_written)
{
    static const char *const written[] = { "/inner/file", "//inner//file", "/inner/",
                                           "/inner/../inner/file" };
    char folder[] = "/tmp/tenure-durable-XXXXXX", inner[PATH_SIZE], path[PATH_SIZE];

    check(mkdtemp(folder) != NULL);
    snprintf(inner, sizeof inner, "%s/inner", folder);
    check_int(mkdir(inner, 0700), 0);
    for (size_t i = 0; i < sizeof written / sizeof written[0]; i++) {
        check_row(written[i]);
        snprintf(path, sizeof path, "%s%s", folder, written[i]);
        check(durable_name(path));
    }
    check_row("in the working directory");
    check(durable_name("file"));
    check_row("at the root");
    check(durable_name("/file"));
    rmdir(inner);
    rmdir(folder);
}

TEST(a_name_in_a_folder_that_is_not_there_cannot_be_made_durable)
{
    char longest[PATH_MAX + 1];

    check(!durable_name("/tmp/tenure-durable-none/file"));
    check_int(errno, ENOENT);
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    check(!durable_name(longest));
    check_int(errno, ENAMETOOLONG);
}
