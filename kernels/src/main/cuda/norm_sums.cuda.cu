#include "groups.cuda.h"
#include "last.cuda.h"
#include "sums.cuda.h"

// What the threads of a block tell each other: the means of its channels, sums for gamma's gradient, and for beta's.
typedef struct {
    float centre[LANES * 4];
    float gamma[LANES * 4];
    float beta[LANES * 4];
} Room;

template <int N> struct Sums {
    Some<N> gamma;
    Some<N> beta;
};

// Adds up what the threads of the block have, in order. `then` gets each place in the block's part of a row, whether it is there, and sums.
template <int N, typename Then> DEVICE void add_up(Room* room, const Sums<N>& own, Lane lane, int channels, Then then) {
    put(room->gamma, THREAD * N, own.gamma);
    put(room->beta, THREAD * N, own.beta);
    SYNC();
    FOR_PLACES(place, here, min(channels - BLOCK_Y * THREADS * N, THREADS * N), {
        float gamma = 0.0f;
        float beta = 0.0f;
        for (int part = 0; part < lane.step; part++) {
            gamma += room->gamma[part * channels + place];
            beta += room->beta[part * channels + place];
        }
        then(place, here, gamma, beta);
    })
}

typedef struct {
    const real* dy;
    const real* x;
    Dropping* drop;

    // Takes in so many elements side by side.
    template <int N> DEVICE void take_in(Sums<N>* sums, const Some<N>& centre, int at, u32 bits) {
        Some<N> gradient;
        Some<N> input;
        get(&gradient, dy, at);
        get(&input, x, at);
        UNROLL
        for (int k = 0; k < N; k++) {
            float d = dropped(gradient.at[k], bits, k, drop);
            sums->gamma.at[k] = FMA(d, input.at[k] - centre.at[k], sums->gamma.at[k]);
            sums->beta.at[k] += d;
        }
    }
} Images;

// Of a thread's channels in the block's chunk.
template <int N> DEVICE Sums<N> of_rows(Images images, const Some<N>& centre, Lane lane, int channels, int top) {
    Sums<N> own = {zeros<N>(), zeros<N>()};
    if (N == 4 && in_turn(channels)) {
        for_fours<4>(top * channels, (top + lane.rows) * channels, images.drop, [&](int at, u32 bits) {
            images.take_in(&own, centre, at, bits);
        });
        return own;
    }
    for (int row = lane.row; row < lane.rows; row += lane.step) {
        int at = (top + row) * channels + lane.channel;
        images.take_in(&own, centre, at, kept(at, 1, N, images.drop));
    }
    return own;
}

template <int N> DEVICE void norm_sums(Room* room, float* dgamma, float* dbeta, float* partials, int* arrivals, Images images,
        const float* mean, const float* inv_std, int rows, int channels, int chunk) {
    Lane lane = lane_of<N>(rows, channels, chunk);
    int first = BLOCK_Y * THREADS * N;
    int wide = min(channels - first, THREADS * N);
    FOR_WHOLE_WARPS(c, at, wide, {
        room->centre[c] = mean[first + at];
    })
    SYNC();
    Some<N> centre;
    take(&centre, room->centre, min(lane.channel - first, wide - N));
    float* gammas = partials + 2 * BLOCK_X * channels + first;
    Sums<N> own = of_rows<N>(images, centre, lane, channels, BLOCK_X * chunk);
    add_up(room, own, lane, channels, [&](int place, bool here, float gamma, float beta) {
        store_if(here, gammas + place, gamma);
        store_if(here, gammas + channels + place, beta);
    });
    if (!is_last(arrivals + BLOCK_Y, (int) gridDim.x)) {
        return;
    }
    own = {zeros<N>(), zeros<N>()};
    int chunks = lane.channel < channels ? (int) gridDim.x : 0;
    _Pragma("unroll 4")
    for (int c = lane.row; c < chunks; c += lane.step) {
        Some<N> gamma;
        Some<N> beta;
        take_fresh(&gamma, partials, 2 * c * channels + lane.channel);
        take_fresh(&beta, partials, (2 * c + 1) * channels + lane.channel);
        UNROLL
        for (int k = 0; k < N; k++) {
            own.gamma.at[k] += gamma.at[k];
            own.beta.at[k] += beta.at[k];
        }
    }
    add_up(room, own, lane, channels, [&](int place, bool here, float gamma, float beta) {
        float deviation = FLOAT_OF(word_if(here, inv_std + first + place));
        store_if(here, dgamma + first + place, gamma * deviation);
        store_if(here, dbeta + first + place, beta);
    });
}

KERNEL(norm_sums)(GLOBAL float* RESTRICT dgamma, GLOBAL float* RESTRICT dbeta, GLOBAL float* RESTRICT partials,
        GLOBAL int* RESTRICT arrivals, GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT mean,
        GLOBAL const float* RESTRICT invStd, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int rows, int channels, int chunk, int layer, float rate) {
    SHARED __align__(16) Room room;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    Images images = {dy, x, &drop};
    if (channels % 4 == 0) {
        norm_sums<4>(&room, dgamma, dbeta, partials, arrivals, images, mean, invStd, rows, channels, chunk);
    } else {
        norm_sums<1>(&room, dgamma, dbeta, partials, arrivals, images, mean, invStd, rows, channels, chunk);
    }
}
