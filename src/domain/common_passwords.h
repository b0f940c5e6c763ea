/* common_passwords.h - passwords that people choose most often: common_passwords.txt. */
#ifndef DOMAIN_COMMON_PASSWORDS_H
#define DOMAIN_COMMON_PASSWORDS_H

#include <stddef.h>

/* In the order of strcmp(), in lower case. */
extern const char *const common_passwords[];
extern const size_t common_passwords_count;

#endif
