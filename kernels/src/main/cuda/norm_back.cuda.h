// The way back through batch norm and through what made its images, when the gradients of gamma and beta are known.

#ifndef JENGINE_NORM_BACK_CUDA_H
#define JENGINE_NORM_BACK_CUDA_H

#include "groups.cuda.h"
#include "activation.h"

typedef struct {
    const float* gamma;
    const float* mean;
    const float* inv_std;
    const float* dgamma;
    const float* dbeta;
    // Of a row among all.
    float share;
    int channels;
    // What made the images.
    int before;
} Norm;

// What a block keeps of each channel.
typedef struct {
    float scale[MOST_CHANNELS];
    float centre[MOST_CHANNELS];
    // What gamma and beta take from the gradient.
    float of_gamma[MOST_CHANNELS];
    float of_beta[MOST_CHANNELS];
} Back;

DEVICE void begin_back(Back* back, Norm norm) {
    FOR_WHOLE_WARPS(c, at, norm.channels, {
        float deviation = norm.inv_std[at];
        back->scale[c] = norm.gamma[at] * deviation;
        back->centre[c] = norm.mean[at];
        back->of_gamma[c] = norm.dgamma[at] * deviation * norm.share;
        back->of_beta[c] = norm.dbeta[at] * norm.share;
    })
    SYNC();
}

// The gradient of four elements side by side, whose first channel is c.
DEVICE Four through(const Back& back, int c, Four input, Four gradient, u32 bits, Dropping* drop, int before) {
    Four scale = four_of(back.scale, c);
    Four centre = four_of(back.centre, c);
    Four of_gamma = four_of(back.of_gamma, c);
    Four of_beta = four_of(back.of_beta, c);
    Four made;
    UNROLL
    for (int k = 0; k < 4; k++) {
        float d = dropped(gradient.at[k], bits, k, drop);
        made.at[k] = scale.at[k] * (d - of_beta.at[k] - (input.at[k] - centre.at[k]) * of_gamma.at[k]) * slope(input.at[k], before);
    }
    return made;
}

// That of element i, whatever the channels.
DEVICE float through_one(Norm norm, int i, float input, float gradient) {
    int c = i % norm.channels;
    float deviation = norm.inv_std[c];
    float taken = (input - norm.mean[c]) * (norm.dgamma[c] * deviation * norm.share);
    return norm.gamma[c] * deviation * (gradient - norm.dbeta[c] * norm.share - taken) * slope(input, norm.before);
}

#endif
