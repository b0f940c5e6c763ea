/* descriptors.h - how many files and sockets the process may have open. */
#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <stddef.h>

/* Raises the soft limit of open files to the hard limit, if the system allows it. Returns the soft
 * limit; no more than DESCRIPTORS_MOST, even if it is higher. */
enum { DESCRIPTORS_MOST = 1024 * 1024 };
size_t descriptors_raise(void);

#endif
