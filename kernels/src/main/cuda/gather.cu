#include "picture.h"

// A block has one row of the batch, so that one thread chooses for all of it; a lane is an element, or a pixel where the image changes.
KERNEL(gather)(GLOBAL real* RESTRICT x, GLOBAL int* RESTRICT labels, GLOBAL int* RESTRICT now,
        GLOBAL const u8* RESTRICT images, GLOBAL const u8* RESTRICT classes, GLOBAL const int* clock, GLOBAL const int* key,
        int total, int stride, int batch, int height, int width, int channels, int shuffle, int flip, int pad, int cutout,
        float scale, float shift) {
    SHARED Picture shared;
    BY_LANES();
    int row = BLOCK_X;
    int size = height * width * channels;
    GLOBAL real* to = x + row * size;
    if (row == 0 && THREAD == 0) {
        for (int k = 0; k < CLOCK_COUNT; k++) {
            now[k] = clock[k];
        }
    }
    if (row >= valid_rows(clock, total, stride, batch)) {
        if (THREAD == 0) {
            labels[row] = -1;
        }
        FOR_LANES(e, size) {
            STORE(to, e, 0.0f);
        }
        return;
    }
    if (THREAD == 0) {
        int epoch = clock[CLOCK_EPOCH];
        int place = first_place(clock, stride) + row;
        int image = shuffle ? shuffled(place, total, epoch, key) : place;
        shared = choose(image, epoch, key, height, width, flip, pad, cutout);
        labels[row] = classes[image];
    }
    SYNC_LANES();
    Picture p = shared;
    GLOBAL const u8* from = images + p.image * size;
    if (!p.mirrored && pad == 0 && cutout == 0) {
        FOR_LANES(e, size) {
            STORE(to, e, FMA((float) from[e], scale, shift));
        }
        return;
    }
    FOR_LANES(pixel, height * width) {
        int at_y = pixel / width;
        int at_x = pixel - at_y * width;
        int source_y = at_y + p.down;
        int source_x = (p.mirrored ? width - 1 - at_x : at_x) + p.right;
        int inside = source_y >= 0 && source_y < height && source_x >= 0 && source_x < width;
        int cut = at_y >= p.cut_top && at_y < p.cut_top + cutout && at_x >= p.cut_left && at_x < p.cut_left + cutout;
        int source = (source_y * width + source_x) * channels;
        for (int c = 0; c < channels; c++) {
            STORE(to, pixel * channels + c, inside && !cut ? FMA((float) from[source + c], scale, shift) : 0.0f);
        }
    }
}
