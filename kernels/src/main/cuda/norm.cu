#include "channels.h"
#include "dropout.h"
#include "activation.h"

// Each block makes for itself what it wants of the chunks' results, so that nothing has to stand between them and the images: the lanes of
// a row of channels take every so manieth chunk, and the first row adds up. Then the block makes its own chunk of the images. What is left
// of a division is worked out from its result: of both, compilers make an instruction that Oclgrind does not know.

// The block's place, by the names that the macros below know.
#define CUT() \
    int stride = stride_of(channels); \
    int lanes = lanes_of(channels); \
    int across = lanes < channels ? lanes : channels; \
    int count = chunk_of(rows, channels, chunk); \
    int first = BLOCK_Y * THREADS; \
    int parts = (rows - 1) / chunk + 1; \
    int apart = lanes < channels ? 1 : lanes / channels; \
    float share = 1.0f / (float) rows;

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

KERNEL(norm_fwd)(GLOBAL real* RESTRICT y, GLOBAL float* RESTRICT mean, GLOBAL float* RESTRICT invStd,
        GLOBAL float* RESTRICT runningMean, GLOBAL float* RESTRICT runningVar, GLOBAL const real* RESTRICT x,
        GLOBAL const float* RESTRICT gamma, GLOBAL const float* RESTRICT beta, GLOBAL const float* RESTRICT means,
        GLOBAL const float* RESTRICT squares, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int rows, int channels, int chunk, int layer, float momentum, float epsilon, float rate) {
    SHARED float centre[LANES];
    SHARED float square[LANES];
    SHARED float scale[LANES];
    SHARED float shift[LANES];
    BY_LANES();
    CUT()
    FOR_LANES(l, lanes) {
        float sum = 0.0f;
        int down = l / channels;
        int lane = l - down * channels;
        for (int p = down; p < parts; p += apart) {
            int more = p + 1 < parts ? chunk : rows - p * chunk;
            sum = FMA(means[p * channels + first + lane], (float) more * share, sum);
        }
        centre[l] = sum;
    }
    FOLD(centre)
    FOR_LANES(l, lanes) {
        float sum = 0.0f;
        int down = l / channels;
        int lane = l - down * channels;
        for (int p = down; p < parts; p += apart) {
            int more = p + 1 < parts ? chunk : rows - p * chunk;
            int at = p * channels + first + lane;
            float off = means[at] - centre[lane];
            sum += FMA(off * off, (float) more, squares[at]);
        }
        square[l] = sum;
    }
    FOLD(square)
    FOR_LANES(l, across) {
        int c = first + l;
        float variance = square[l] * share;
        float deviation = 1.0f / SQRT(variance + epsilon);
        scale[l] = gamma[c] * deviation;
        shift[l] = beta[c];
        if (BLOCK_X == 0) {
            mean[c] = centre[l];
            invStd[c] = deviation;
            runningMean[c] = momentum * runningMean[c] + (1.0f - momentum) * centre[l];
            runningVar[c] = momentum * runningVar[c] + (1.0f - momentum) * variance;
        }
    }
    SYNC_LANES();
    int base = BLOCK_X * chunk * channels + first;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    FOR_CHUNK(at, c, {
        float value = FMA(LOAD(x, at) - centre[c], scale[c], shift[c]);
        STORE(y, at, dropped(value, bits, j, &drop));
    })
}

KERNEL(norm_bwd)(GLOBAL real* RESTRICT dx, GLOBAL float* RESTRICT dgamma, GLOBAL float* RESTRICT dbeta,
        GLOBAL const real* RESTRICT dy, GLOBAL const real* RESTRICT x, GLOBAL const float* RESTRICT gamma,
        GLOBAL const float* RESTRICT mean, GLOBAL const float* RESTRICT invStd, GLOBAL const float* RESTRICT gammas,
        GLOBAL const float* RESTRICT betas, GLOBAL const int* RESTRICT clock, GLOBAL const int* RESTRICT key,
        int rows, int channels, int chunk, int layer, int before, float rate) {
    SHARED float ofGamma[LANES];
    SHARED float ofBeta[LANES];
    SHARED float centre[LANES];
    SHARED float scale[LANES];
    BY_LANES();
    CUT()
    FOR_LANES(l, lanes) {
        float gammaSum = 0.0f;
        float betaSum = 0.0f;
        int down = l / channels;
        int lane = l - down * channels;
        for (int p = down; p < parts; p += apart) {
            int at = p * channels + first + lane;
            gammaSum += gammas[at];
            betaSum += betas[at];
        }
        ofGamma[l] = gammaSum;
        ofBeta[l] = betaSum;
    }
    FOLD(ofGamma)
    FOLD(ofBeta)
    FOR_LANES(l, across) {
        int c = first + l;
        if (BLOCK_X == 0) {
            dgamma[c] = ofGamma[l];
            dbeta[c] = ofBeta[l];
        }
        centre[l] = mean[c];
        scale[l] = gamma[c] * invStd[c];
        ofGamma[l] *= invStd[c] * share;
        ofBeta[l] *= share;
    }
    SYNC_LANES();
    int base = BLOCK_X * chunk * channels + first;
    Dropping drop;
    begin_dropping(&drop, clock, key, layer, rate);
    FOR_CHUNK(at, c, {
        float input = LOAD(x, at);
        float gradient = dropped(LOAD(dy, at), bits, j, &drop);
        STORE(dx, at, scale[c] * (gradient - ofBeta[c] - (input - centre[c]) * ofGamma[c]) * slope(input, before));
    })
}
