// What the optimisers share, as Update.java: the step's learning rate, decoupled weight decay, and the rounded copy of the weights that
// a bf16 net computes with.

#ifndef JENGINE_UPDATE_H
#define JENGINE_UPDATE_H

#include "clock.h"
#include "elements.h"

// The copy is the parameter `shadow`, behind those of the optimiser's state; only a bf16 net has one. STORE_WEIGHT writes the
// parameter `w` and it.
#ifdef REAL_BF16
#define SHADOW GLOBAL real* RESTRICT shadow,
#define STORE_WEIGHT(i, value) ((w)[i] = (value), STORE(shadow, i, (w)[i]))
#else
#define SHADOW
#define STORE_WEIGHT(i, value) ((w)[i] = (value))
#endif

DEVICE float learning_rate(GLOBAL const float* rates, GLOBAL const int* clock) {
    return rates[clock[CLOCK_STEP]];
}

#endif
