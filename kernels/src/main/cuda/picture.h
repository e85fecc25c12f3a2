// How a row of the batch is chosen, and what happens to its image.

#ifndef JENGINE_PICTURE_H
#define JENGINE_PICTURE_H

#include "clock.h"
#include "shuffle.h"

// What a row of the batch shows: the image, and how it is changed.
typedef struct {
    int image;
    int mirrored;
    int down;
    int right;
    int cut_top;
    int cut_left;
} Picture;

// A number from 0 to bound - 1 out of 16 random bits.
DEVICE int below(int bound, u32 bits) {
    return (int) ((bits & 0xffffu) * (u32) bound >> 16);
}

DEVICE Picture choose(int image, int epoch, GLOBAL const int* key, int height, int width, int flip, int pad, int cutout) {
    PhiloxBlock random = philox((u32) image, (u32) epoch, PHILOX_AUGMENT, (u32) key[0], (u32) key[1]);
    Picture p;
    p.image = image;
    p.mirrored = flip && (random.word[0] & 1u);
    p.down = below(2 * pad + 1, random.word[1]) - pad;
    p.right = below(2 * pad + 1, random.word[1] >> 16) - pad;
    p.cut_top = below(height, random.word[2]) - cutout / 2;
    p.cut_left = below(width, random.word[2] >> 16) - cutout / 2;
    return p;
}

#endif
