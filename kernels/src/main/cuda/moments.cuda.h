// The statistics of batch norm: each block finds those of its chunk, and the last one to come merges them all. Parts are merged as by Chan,
// Golub and LeVeque (1983): no large sums are subtracted from each other.

#ifndef JENGINE_MOMENTS_CUDA_H
#define JENGINE_MOMENTS_CUDA_H

#include "last.cuda.h"
#include "sums.cuda.h"

// Of so many rows the means and the sums of squared distances from them, for N channels side by side.
template <int N> struct Moments {
    Some<N> mean;
    Some<N> square;
    float count;
};

// What the threads of a block tell each other.
typedef struct {
    float mean[LANES * 4];
    float square[LANES * 4];
    float count[LANES];
} Room;

// Where the statistics go, and what they are made with.
typedef struct {
    float* mean;
    float* inv_std;
    float* running_mean;
    float* running_var;
    // Means, then squares, chunk by chunk.
    float* partials;
    // A counter for each of the blocks side by side.
    int* arrivals;
    float momentum;
    float epsilon;
} Statistics;

// Takes in those of so many further rows.
template <int N> DEVICE void take_in(Moments<N>* to, const Some<N>& mean, const Some<N>& square, float more) {
    float share = more / (to->count + more);
    UNROLL
    for (int k = 0; k < N; k++) {
        float apart = mean.at[k] - to->mean.at[k];
        float step = apart * share;
        to->square.at[k] += square.at[k] + apart * step * to->count;
        to->mean.at[k] += step;
    }
    to->count += more;
}

// Of a thread's rows of the block's chunk; `source` gives the numbers, row by row, each once.
template <int N, typename Source> DEVICE Moments<N> of_rows(Source source, Lane lane, int top) {
    Moments<N> own = {zeros<N>(), zeros<N>(), 0.0f};
    int row = lane.row;
    // EACH rows at a time. The first row of the first ones stands in for the mean so far: distances from it are small, and so is what the
    // sum of their squares must be corrected by.
    for (; row + (EACH - 1) * lane.step < lane.rows; row += EACH * lane.step) {
        Some<N> value[EACH];
        UNROLL
        for (int j = 0; j < EACH; j++) {
            source.fetch(&value[j], top + row + j * lane.step, lane.channel);
        }
        float share = EACH / (own.count + EACH);
        UNROLL
        for (int k = 0; k < N; k++) {
            float centre = own.count == 0.0f ? value[0].at[k] : own.mean.at[k];
            float sum = 0.0f;
            float next = 0.0f;
            UNROLL
            for (int j = 0; j < EACH; j++) {
                float apart = value[j].at[k] - centre;
                sum += apart;
                next = FMA(apart, apart, next);
            }
            float step = sum * (1.0f / EACH) * share;
            own.mean.at[k] = centre + step;
            own.square.at[k] += next - sum * step;
        }
        own.count += EACH;
    }
    for (; row < lane.rows; row += lane.step) {
        Some<N> value;
        source.fetch(&value, top + row, lane.channel);
        take_in(&own, value, zeros<N>(), 1.0f);
    }
    return own;
}

// Of a thread's share of the chunks.
template <int N> DEVICE Moments<N> of_chunks(const float* partials, Lane lane, int rows, int channels, int chunk) {
    Moments<N> own = {zeros<N>(), zeros<N>(), 0.0f};
    int chunks = lane.channel < channels ? (int) gridDim.x : 0;
    _Pragma("unroll 4")
    for (int c = lane.row; c < chunks; c += lane.step) {
        Some<N> mean;
        Some<N> square;
        take_fresh(&mean, partials, 2 * c * channels + lane.channel);
        take_fresh(&square, partials, (2 * c + 1) * channels + lane.channel);
        take_in(&own, mean, square, (float) min(chunk, rows - c * chunk));
    }
    return own;
}

// Merges what the threads of the block have, in order. `then` gets each place in the block's part of a row, whether it is there, its mean
// and its sum of squares.
template <int N, typename Then> DEVICE void merge(Room* room, const Moments<N>& own, Lane lane, int channels, Then then) {
    put(room->mean, THREAD * N, own.mean);
    put(room->square, THREAD * N, own.square);
    room->count[THREAD] = own.count;
    SYNC();
    FOR_PLACES(place, here, min(channels - BLOCK_Y * THREADS * N, THREADS * N), {
        Moments<1> all;
        all.mean.at[0] = room->mean[place];
        all.square.at[0] = room->square[place];
        all.count = room->count[0];
        for (int part = 1; part < lane.step; part++) {
            // Threads further down have no rows either.
            float more = room->count[part * (channels / N)];
            if (more == 0.0f) {
                break;
            }
            Some<1> mean;
            Some<1> square;
            mean.at[0] = room->mean[part * channels + place];
            square.at[0] = room->square[part * channels + place];
            take_in(&all, mean, square, more);
        }
        then(place, here, all.mean.at[0], all.square.at[0]);
    })
}

template <int N, typename Source> DEVICE void moments(Room* room, Statistics to, Source source, int rows, int channels, int chunk) {
    Lane lane = lane_of<N>(rows, channels, chunk);
    int first = BLOCK_Y * THREADS * N;
    float* means = to.partials + 2 * BLOCK_X * channels + first;
    merge(room, of_rows<N>(source, lane, BLOCK_X * chunk), lane, channels, [&](int place, bool here, float mean, float square) {
        store_if(here, means + place, mean);
        store_if(here, means + channels + place, square);
    });
    if (!is_last(to.arrivals + BLOCK_Y, (int) gridDim.x)) {
        return;
    }
    merge(room, of_chunks<N>(to.partials, lane, rows, channels, chunk), lane, channels,
            [&](int place, bool here, float mean, float square) {
        int c = first + place;
        float variance = square / (float) rows;
        float running_mean = FLOAT_OF(word_if(here, to.running_mean + c));
        float running_var = FLOAT_OF(word_if(here, to.running_var + c));
        store_if(here, to.mean + c, mean);
        store_if(here, to.inv_std + c, 1.0f / SQRT(variance + to.epsilon));
        store_if(here, to.running_mean + c, to.momentum * running_mean + (1.0f - to.momentum) * mean);
        store_if(here, to.running_var + c, to.momentum * running_var + (1.0f - to.momentum) * variance);
    });
}

#endif
