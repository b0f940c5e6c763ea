#include <string.h>

#include "store/postgres/connection.h"

bool
connection_url_is_sound(const char *url)
{
    PQconninfoOption *options = PQconninfoParse(url, NULL);
    bool sound = options != NULL;

    for (PQconninfoOption *option = options; option && option->keyword; option++) {
        const char *value = option->val ? option->val : "";
        if (!strcmp(option->keyword, "port"))
            sound &= strspn(value, "0123456789,") == strlen(value);
        if (!strcmp(option->keyword, "host") || !strcmp(option->keyword, "dbname")
            || !strcmp(option->keyword, "user"))
            sound &= !strchr(value, '@');
    }
    PQconninfoFree(options);
    return sound;
}
