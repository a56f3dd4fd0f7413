// SPDX-License-Identifier: BSL-1.0
#ifndef EXAMPLES_FOREIGN_POOL_HPP
#define EXAMPLES_FOREIGN_POOL_HPP

/* A scheduler in the style of C that knows nothing of rota: one pool of GPUs, higher priority first, equals by age.
   Nobody passes the first who does not fit, and that one may stop tasks of a lower priority. It has a bug. */

enum pool_state { POOL_ABSENT, POOL_QUEUED, POOL_RUNNING };

struct pool_task {
    enum pool_state state;
    int gpus;
    int priority;
};

struct pool {
    int idle; /* may be below zero after GPUs were lost, until their tasks are known to be gone */
    int count;
    struct pool_task task[64]; /* by age */
};

typedef void pool_order(void* host, int id);

static inline void pool_set(struct pool* p, int id, enum pool_state state, int gpus, int priority) {
    struct pool_task* t = &p->task[id];
    if (t->state == POOL_RUNNING) p->idle += t->gpus;
    t->state = state;
    t->gpus = gpus;
    t->priority = priority;
    if (state == POOL_RUNNING) p->idle -= gpus;
    if (p->count <= id) p->count = id + 1;
}

static inline int pool_first(struct pool const* p) {
    int first = -1;
    for (int i = 0; i < p->count; ++i)
        if (p->task[i].state == POOL_QUEUED && (first < 0 || p->task[i].priority > p->task[first].priority))
            first = i;
    return first;
}

/* The task to stop for the first in the queue: the lowest priority below its own, the youngest of those. */
static inline int pool_victim(struct pool const* p, int priority) {
    int victim = -1;
    for (int i = 0; i < p->count; ++i)
        if (p->task[i].state == POOL_RUNNING && p->task[i].priority < priority &&
            (victim < 0 || p->task[i].priority <= p->task[victim].priority))
            victim = i;
    return victim;
}

static inline void pool_plan(struct pool* p, pool_order* stop, pool_order* start, void* host) {
    for (int first; (first = pool_first(p)) >= 0;) {
        struct pool_task const* t = &p->task[first];
        /* The bug: whoever can be stopped is stopped, before anybody knows whether that will be enough. */
        for (int victim; p->idle < t->gpus && (victim = pool_victim(p, t->priority)) >= 0;) {
            pool_set(p, victim, POOL_QUEUED, p->task[victim].gpus, p->task[victim].priority);
            stop(host, victim);
        }
        if (p->idle < t->gpus) return;
        pool_set(p, first, POOL_RUNNING, t->gpus, t->priority);
        start(host, first);
    }
}

#endif
