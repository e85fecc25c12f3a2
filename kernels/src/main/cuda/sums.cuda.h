// How a block sums down a chunk of rows of [rows, channels]. A thread has N channels side by side, as four divides their number or not, and
// goes down every so many rows; what threads one below the other found is then added up in shared memory, in order. Where a row has more
// than a block's threads, blocks side by side (BLOCK_Y) hold it. The declaration's Channels.chunks knows the same.

#ifndef JENGINE_SUMS_H
#define JENGINE_SUMS_H

#include "vectors.cuda.h"

template <int N> struct Some {
    float at[N];
};

DEVICE void get(Some<4>* to, const real* p, int i) {
    Four four = four_of(p, i);
    *to = {four.at[0], four.at[1], four.at[2], four.at[3]};
}

DEVICE void get(Some<1>* to, const real* p, int i) {
    to->at[0] = LOAD(p, i);
}

DEVICE void take(Some<4>* to, const float* p, int i) {
    Four four = four_of(p, i);
    *to = {four.at[0], four.at[1], four.at[2], four.at[3]};
}

DEVICE void take(Some<1>* to, const float* p, int i) {
    to->at[0] = p[i];
}

// Of what other blocks of this launch wrote: beyond the first level of the cache.
DEVICE void take_fresh(Some<4>* to, const float* p, int i) {
    float4 four = __ldcg((const float4*) (p + i));
    *to = {four.x, four.y, four.z, four.w};
}

DEVICE void take_fresh(Some<1>* to, const float* p, int i) {
    to->at[0] = __ldcg(p + i);
}

DEVICE void put(float* p, int i, Some<4> value) {
    put_four(p, i, {value.at[0], value.at[1], value.at[2], value.at[3]});
}

DEVICE void put(float* p, int i, Some<1> value) {
    p[i] = value.at[0];
}

template <int N> DEVICE Some<N> zeros() {
    Some<N> some;
    UNROLL
    for (int k = 0; k < N; k++) {
        some.at[k] = 0.0f;
    }
    return some;
}

typedef struct {
    // The thread's first channel.
    int channel;
    // Its first row in the chunk, how many rows on its next is, and the rows of the chunk; none for a thread beyond the last channel.
    int row;
    int step;
    int rows;
} Lane;

template <int N> DEVICE Lane lane_of(int rows, int channels, int chunk) {
    int across = channels / N;
    Lane lane;
    lane.step = THREADS > across ? THREADS / across : 1;
    lane.row = THREADS > across ? THREAD / across : 0;
    lane.channel = (BLOCK_Y * THREADS + THREAD - lane.row * across) * N;
    lane.rows = lane.channel < channels ? min(chunk, rows - BLOCK_X * chunk) : 0;
    return lane;
}

// Rows that a thread of this row adds up.
DEVICE int taken(int rows, int row, int step) {
    return row < rows ? (rows - row + step - 1) / step : 0;
}

// Runs `body` for each `place` in the block's part of a row; it may store where `here` is true.
#define FOR_PLACES(place, here, wide, body) \
    FOR_WHOLE_WARPS(place_, place, wide, { \
        bool here = place_ < (wide); \
        body \
    })

#endif
