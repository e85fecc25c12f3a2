// Sums that several blocks make in parts: the last of them to come adds the parts up, in an order that hangs on the sizes alone. Many
// parts are added up in groups first, by the last of each group.

#ifndef JENGINE_PARTS_CUDA_H
#define JENGINE_PARTS_CUDA_H

#include "last.cuda.h"

// As Parts.GROUP of the declarations.
#define GROUP 16

// The parts of one sum of COUNT numbers in each of BLOCK_THREADS threads.
typedef struct {
    // A slot of COUNT * BLOCK_THREADS numbers for each part.
    float* slots;
    // One counter for each group, then one for all if there are several.
    int* counters;
    int part;
    int parts;
} Parts;

// The parts of one of many sums that have as many parts each.
DEVICE Parts parts_of(float* partials, int* arrivals, int sum, int part, int parts) {
    int groups = (parts + GROUP - 1) / GROUP;
    return {partials + (long long) sum * parts * (COUNT * BLOCK_THREADS), arrivals + sum * (groups == 1 ? 1 : groups + 1), part, parts};
}

// The sum of so many slots, each `apart` from the one before; beyond the first level of the cache, which may hold what was there before.
DEVICE void add_slots(float own[COUNT], const float* slot, int slots, long long apart) {
    UNROLL for (int i = 0; i < COUNT; i++) {
        own[i] = 0.0f;
    }
    _Pragma("unroll 1") for (int s = 0; s < slots; s++) {
        UNROLL for (int i = 0; i < COUNT; i++) {
            own[i] += __ldcg(slot + i * BLOCK_THREADS + THREAD);
        }
        slot += apart;
    }
}

DEVICE void keep(float* slot, const float own[COUNT]) {
    UNROLL for (int i = 0; i < COUNT; i++) {
        slot[i * BLOCK_THREADS + THREAD] = own[i];
    }
}

// Adds the parts up. Returns whether this block is the one that has the sum now; the others are done.
DEVICE bool add_parts(float own[COUNT], Parts p) {
    if (p.parts == 1) {
        return true;
    }
    long long slot = COUNT * BLOCK_THREADS;
    int group = p.part / GROUP;
    float* first = p.slots + group * GROUP * slot;
    int members = p.parts - group * GROUP < GROUP ? p.parts - group * GROUP : GROUP;
    keep(p.slots + p.part * slot, own);
    if (!is_last(p.counters + group, members)) {
        return false;
    }
    add_slots(own, first, members, slot);
    if (p.parts <= GROUP) {
        return true;
    }
    keep(first, own);
    int groups = (p.parts + GROUP - 1) / GROUP;
    if (!is_last(p.counters + groups, groups)) {
        return false;
    }
    add_slots(own, p.slots, groups, GROUP * slot);
    return true;
}

#endif
