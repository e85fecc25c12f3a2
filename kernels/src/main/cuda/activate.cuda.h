// Activations of several numbers at a time.

#ifndef JENGINE_ACTIVATE_CUDA_H
#define JENGINE_ACTIVATE_CUDA_H

#include "portable.h"
#include "activation.h"

// Which activation it is, is asked once, not for each number.
template <int N> DEVICE void activate(float (&own)[N], int activation) {
    if (activation == ACT_RELU) {
        UNROLL
        for (int i = 0; i < N; i++) {
            own[i] = activated(own[i], ACT_RELU);
        }
    } else if (activation == ACT_SIGMOID) {
        UNROLL
        for (int i = 0; i < N; i++) {
            own[i] = activated(own[i], ACT_SIGMOID);
        }
    }
}

#endif
