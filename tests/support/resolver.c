/* A name server that never answers, for names that end with ".hanging.example". Preloaded; all
 * other names are looked up as always.
 *
 *   cc -shared -fPIC -O2 -o resolver.so resolver.c -ldl
 */
#undef _GNU_SOURCE
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>

typedef int look_up(const char *node, const char *service, const struct addrinfo *hints,
                    struct addrinfo **out);

int
getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
            struct addrinfo **out)
{
    static const char hanging[] = ".hanging.example";
    size_t length = node ? strlen(node) : 0;

    if (length >= sizeof hanging && !strcmp(node + length - (sizeof hanging - 1), hanging))
        for (;;)
            pause();
    look_up *next = (look_up *)dlsym(RTLD_NEXT, "getaddrinfo");
    return next(node, service, hints, out);
}
