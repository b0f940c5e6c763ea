#include "service/threads/job_queue.h"

void
job_queue_init(struct job_queue *queue)
{
    *queue = (struct job_queue){ .end = &queue->first };
}

void
job_queue_append(struct job_queue *queue, struct write_job *job)
{
    job->next = NULL;
    *queue->end = job;
    queue->end = &job->next;
    queue->count++;
}

void
job_queue_put_first(struct job_queue *queue, struct write_job *jobs)
{
    struct write_job **end = &jobs;

    for (; *end; end = &(*end)->next)
        queue->count++;
    *end = queue->first;
    if (!queue->first && jobs)
        queue->end = end;
    queue->first = jobs;
}

struct write_job *
job_queue_take(struct job_queue *queue, size_t most)
{
    struct write_job *jobs = queue->first, **end = &jobs;

    for (; *end && most > 0; most--) {
        end = &(*end)->next;
        queue->count--;
    }
    queue->first = *end;
    *end = NULL;
    if (!queue->first)
        queue->end = &queue->first;
    return jobs;
}
