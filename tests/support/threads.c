#include "support/threads.h"

#include <errno.h>
#include <time.h>

#include "support/check.h"

void
news_set(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    news->done = true;
    pthread_cond_signal(&news->changed);
    pthread_mutex_unlock(&news->lock);
}

bool
news_is_set(struct news *news)
{
    pthread_mutex_lock(&news->lock);
    bool done = news->done;
    pthread_mutex_unlock(&news->lock);
    return done;
}

bool
news_wait(struct news *news)
{
    struct timespec until;
    int error = 0;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += NEWS_PATIENCE_SECONDS;
    pthread_mutex_lock(&news->lock);
    while (!news->done && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&news->changed, &news->lock, &until);
    bool done = news->done;
    pthread_mutex_unlock(&news->lock);
    return done;
}

struct writer *
start_writer(struct fixture *fixture, struct journal_index *journal_index)
{
    struct writer *writer;
    struct writer_options options = {
        .store = &(struct store_options){ .url = fixture->url },
        .secret = &fixture->secret,
        .journal_index = journal_index,
        .public_url = "",
        .most_jobs = 16,
    };

    check_int(writer_start(&writer, &options, &fixture->call.db.fault), STATUS_OK);
    return writer;
}
