// What the ways through batch norm share.

#ifndef JENGINE_NORM_H
#define JENGINE_NORM_H

#include "channels.h"
#include "dropout.h"

// Each block makes for itself what it wants of the chunks' results, so that nothing has to stand between them and the images: the lanes of
// a row of channels take every so manieth chunk, and the first row adds up. Then the block makes its own chunk of the images. What is left
// of a division is worked out from its result: of both, compilers make an instruction that Oclgrind does not know.

// Adds what the rows below the first have found.
#define FOLD(sum) \
    SYNC_LANES(); \
    for (int t = channels; t < lanes; t += channels) { \
        FOR_LANES(l, across) { \
            sum[l] += sum[t + l]; \
        } \
    } \
    SYNC_LANES();

// Runs `body` for the elements `at` of the chunk, their channels `c` among this block's, and what dropout says of the element, bit `j` of
// `bits`.
#define FOR_CHUNK(at, c, body) \
    int turn = 0; \
    for (; turn + EACH * stride <= count; turn += EACH * stride) { \
        FOR_LANES(l, lanes) { \
            int c = l % channels; \
            u32 bits = kept(base + turn + l, stride, EACH, &drop); \
            UNROLL \
            for (int j = 0; j < EACH; j++) { \
                int at = base + turn + j * stride + l; \
                body \
            } \
        } \
    } \
    for (; turn < count; turn += stride) { \
        int left = count - turn; \
        FOR_LANES(l, lanes < left ? lanes : left) { \
            int c = l % channels; \
            int j = 0; \
            int at = base + turn + l; \
            u32 bits = kept(at, 0, 1, &drop); \
            body \
        } \
    }

// The start of the way back: the block's place, the sums of all chunks in dgamma and dbeta, and for each channel `c` of this block its
// `centre` and `scale`, and what `ofGamma` and `ofBeta` take from the gradient.
#define BEGIN_NORM_BWD() \
    SHARED float ofGamma[LANES]; \
    SHARED float ofBeta[LANES]; \
    SHARED float centre[LANES]; \
    SHARED float scale[LANES]; \
    BY_LANES(); \
    int stride = stride_of(channels); \
    int lanes = lanes_of(channels); \
    int across = lanes < channels ? lanes : channels; \
    int count = chunk_of(rows, channels, chunk); \
    int first = BLOCK_Y * THREADS; \
    int parts = (rows - 1) / chunk + 1; \
    int apart = lanes < channels ? 1 : lanes / channels; \
    float share = 1.0f / (float) rows; \
    FOR_LANES(l, lanes) { \
        float gammaSum = 0.0f; \
        float betaSum = 0.0f; \
        int down = l / channels; \
        int lane = l - down * channels; \
        for (int p = down; p < parts; p += apart) { \
            int at = p * channels + first + lane; \
            gammaSum += gammas[at]; \
            betaSum += betas[at]; \
        } \
        ofGamma[l] = gammaSum; \
        ofBeta[l] = betaSum; \
    } \
    FOLD(ofGamma) \
    FOLD(ofBeta) \
    FOR_LANES(l, across) { \
        int c = first + l; \
        if (BLOCK_X == 0) { \
            dgamma[c] = ofGamma[l]; \
            dbeta[c] = ofBeta[l]; \
        } \
        centre[l] = mean[c]; \
        scale[l] = gamma[c] * invStd[c]; \
        ofGamma[l] *= invStd[c] * share; \
        ofBeta[l] *= share; \
    } \
    SYNC_LANES(); \
    int base = BLOCK_X * chunk * channels + first; \
    Dropping drop; \
    begin_dropping(&drop, clock, key, layer, rate);

// The gradient of an element before the derivative of what made it.
#define THROUGH_NORM(gradient, input, c) (scale[c] * ((gradient) - ofBeta[c] - ((input) - centre[c]) * ofGamma[c]))

#endif
