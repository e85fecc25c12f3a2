// The statistics of batch norm, chunk by chunk.

#ifndef JENGINE_STATS_CUDA_H
#define JENGINE_STATS_CUDA_H

#include "sums.cuda.h"

// Of each chunk the means and the sums of squared distances from them, by threads of N channels; `source` gives the numbers, row by row,
// each once. Parts are merged as by Chan, Golub and LeVeque (1983): no large sums are subtracted from each other.
template <int N, typename Source> DEVICE void stats(float* means, float* squares, Source source, int rows, int channels, int chunk) {
    SHARED __align__(16) float found_mean[LANES * N];
    SHARED __align__(16) float found_square[LANES * N];
    Lane lane = lane_of<N>(rows, channels, chunk);
    int top = BLOCK_X * chunk;
    Some<N> mean = zeros<N>();
    Some<N> square = zeros<N>();
    float before = 0.0f;
    int row = lane.row;
    // EACH rows at a time. The first row of the first ones stands in for the mean so far: distances from it are small, and so is what the
    // sum of their squares must be corrected by.
    for (; row + (EACH - 1) * lane.step < lane.rows; row += EACH * lane.step) {
        Some<N> value[EACH];
        UNROLL
        for (int j = 0; j < EACH; j++) {
            source.fetch(&value[j], top + row + j * lane.step, lane.channel);
        }
        float share = EACH / (before + EACH);
        UNROLL
        for (int k = 0; k < N; k++) {
            float centre = before == 0.0f ? value[0].at[k] : mean.at[k];
            float sum = 0.0f;
            float next = 0.0f;
            UNROLL
            for (int j = 0; j < EACH; j++) {
                float apart = value[j].at[k] - centre;
                sum += apart;
                next = FMA(apart, apart, next);
            }
            float step = sum * (1.0f / EACH) * share;
            mean.at[k] = centre + step;
            square.at[k] += next - sum * step;
        }
        before += EACH;
    }
    for (; row < lane.rows; row += lane.step) {
        Some<N> value;
        source.fetch(&value, top + row, lane.channel);
        float share = 1.0f / (before + 1.0f);
        UNROLL
        for (int k = 0; k < N; k++) {
            float apart = value.at[k] - mean.at[k];
            float step = apart * share;
            mean.at[k] += step;
            square.at[k] += apart * (apart - step);
        }
        before += 1.0f;
    }
    put(found_mean, THREAD * N, mean);
    put(found_square, THREAD * N, square);
    SYNC();
    int first = BLOCK_Y * THREADS * N;
    int length = min(chunk, rows - BLOCK_X * chunk);
    FOR_PLACES(place, here, min(channels - first, THREADS * N), {
        float centre = found_mean[place];
        float sum = found_square[place];
        float merged = (float) taken(length, 0, lane.step);
        for (int part = 1; part < min(lane.step, length); part++) {
            float more = (float) taken(length, part, lane.step);
            float apart = found_mean[part * channels + place] - centre;
            float step = apart * (more / (merged + more));
            centre += step;
            sum += found_square[part * channels + place] + apart * step * merged;
            merged += more;
        }
        int to = BLOCK_X * channels + first + place;
        store_if(here, means + to, centre);
        store_if(here, squares + to, sum);
    })
}

#endif
