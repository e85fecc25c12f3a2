// Ways through images [rows, channels] behind which dropout may stand. Four elements side by side have bits of four Philox blocks, whose
// other bits are for elements DROPOUT_BLOCKS further on: a warp takes a group of elements at a time, as dropout.h has them, so that a thread
// makes its four Philox blocks once for all that it has of the group.

#ifndef JENGINE_GROUPS_CUDA_H
#define JENGINE_GROUPS_CUDA_H

#include "dropout.h"
#include "norms.cuda.h"

// Fours of a group that a thread has.
#define FOURS ((int) (DROPOUT_GROUP / DROPOUT_BLOCKS))

// Whether a warp's threads stay with their channels on their way through a group.
DEVICE bool in_turn(int channels) {
    return channels % 4 == 0 && (int) DROPOUT_BLOCKS % channels == 0;
}

// Which of a thread's elements of a group are kept: bit 4 j + k says it of the k-th of its j-th four. A loop as it stands, since a Philox
// block is many instructions.
DEVICE u32 kept_fours(int group, int own, Dropping* d) {
    u32 bits = 0xffffffffu;
    if (d->threshold > 0) {
        ROLLED
        for (int k = 0; k < 4; k++) {
            PhiloxBlock random = philox((u32) group * DROPOUT_BLOCKS + (u32) (own + k), d->update, d->stream, d->key[0], d->key[1]);
            UNROLL
            for (int j = 0; j < FOURS; j++) {
                u32 drops = (random.word[j / 2] >> 16 * (j % 2) & 0xffffu) < d->threshold ? 1u : 0u;
                bits ^= drops << (4 * j + k);
            }
        }
    }
    return bits;
}

// Runs `each` for this thread's fours of the elements from `from` up to `to`, both multiples of four: where the four begins, and what
// dropout says of its elements, in the lowest bits. AHEAD fours are on their way at a time.
template <int AHEAD, typename Each> DEVICE void for_fours(int from, int to, Dropping* drop, Each each) {
    const int group_size = (int) DROPOUT_GROUP;
    int own = THREAD % WARP * 4;
    for (int group = from / group_size + THREAD / WARP; group * group_size < to; group += THREADS / WARP) {
        u32 bits = kept_fours(group, own, drop);
        int first = group * group_size + own;
        if (group * group_size >= from && (group + 1) * group_size <= to) {
            _Pragma("unroll (AHEAD)")
            for (int j = 0; j < FOURS; j++) {
                each(first + j * (int) DROPOUT_BLOCKS, bits >> 4 * j);
            }
        } else {
            _Pragma("unroll 1")
            for (int j = 0; j < FOURS; j++) {
                int at = first + j * (int) DROPOUT_BLOCKS;
                if (at >= from && at < to) {
                    each(at, bits >> 4 * j);
                }
            }
        }
    }
}

// As for_fours, over the block's part of `count` elements, with the first channel of each four. A part has `size` elements.
template <int AHEAD, typename Each> DEVICE void for_part(int size, int count, int channels, Dropping* drop, Each each) {
    int from = BLOCK_X * size;
    int to = min(count, from + size);
    if (in_turn(channels)) {
        int channel = THREAD % WARP * 4 % channels;
        for_fours<AHEAD>(from, to, drop, [&](int at, u32 bits) {
            each(at, channel, bits);
        });
    } else {
        for_fours<AHEAD>(from, to, drop, [&](int at, u32 bits) {
            each(at, at % channels, bits);
        });
    }
}

#endif
