/* threads.h - a writer that runs beside the test, and how threads notify the test. */
#ifndef SUPPORT_THREADS_H
#define SUPPORT_THREADS_H

#include <pthread.h>
#include <stdbool.h>

#include "service/measurement/journal_index.h"
#include "service/threads/writer.h"
#include "support/store_fixture.h"

enum { NEWS_PATIENCE_SECONDS = 60 };

struct news {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool done;
};

#define NEWS_NONE ((struct news){ PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false })

void news_set(struct news *news);
bool news_is_set(struct news *news);
/* False: it takes too long. */
bool news_wait(struct news *news);

/* A writer beside the fixture, in the time of the machine. */
struct writer *start_writer(struct fixture *fixture, struct journal_index *journal_index);

#endif
