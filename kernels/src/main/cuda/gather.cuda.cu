#include "clock.cuda.h"
#include "picture.h"

// What the tile and the copy of an image hold.
#define CHANNELS 3
#define MOST_BYTES 4096

// One image as it is: four bytes become four numbers.
DEVICE void plain(real* to, const u8* from, int size, float scale, float shift) {
    for (int e = THREAD * 4; e < size; e += THREADS * 4) {
        uchar4 bytes = *(const uchar4*) (from + e);
        put_four(to, e, {FMA((float) bytes.x, scale, shift), FMA((float) bytes.y, scale, shift),
                FMA((float) bytes.z, scale, shift), FMA((float) bytes.w, scale, shift)});
    }
}

typedef struct {
    // Of the image's pixel: may lie outside of it.
    int y;
    int x;
    // Whether the pixel is the image's, and not border or cut out.
    int seen;
} Source;

// Where a pixel of the row comes from, without a branch: & asks both sides.
DEVICE Source source_of(Picture p, int pixel, int height, int width, int cutout) {
    int at_y = pixel / width;
    int at_x = pixel - at_y * width;
    int y = at_y + p.down;
    int x = (p.mirrored ? width - 1 - at_x : at_x) + p.right;
    int inside = ((u32) y < (u32) height) & ((u32) x < (u32) width);
    int cut = ((u32) (at_y - p.cut_top) < (u32) cutout) & ((u32) (at_x - p.cut_left) < (u32) cutout);
    return {y, x, inside & ~cut};
}

DEVICE int limited(int value, int most) {
    return value < 0 ? 0 : value < most ? value : most;
}

// One image changed. It is read once, in order, into shared memory; a thread makes a pixel, and what the block has made is written in
// order again. No lane parts from the others: a pixel of the border reads what lies beside the image's, and drops it.
DEVICE void changed(real* to, const u8* from, Picture p, int height, int width, int cutout, float scale, float shift) {
    SHARED __align__(16) u8 image[MOST_BYTES];
    SHARED __align__(16) float tile[BLOCK_THREADS * CHANNELS];
    int pixels = height * width;
    copy_all(image, from, pixels * CHANNELS);
    for (int first = 0; first < pixels; first += BLOCK_THREADS) {
        SYNC();
        Source source = source_of(p, first + THREAD, height, width, cutout);
        int at = limited(limited(source.y, height - 1) * width + source.x, pixels - 1) * CHANNELS;
        UNROLL
        for (int c = 0; c < CHANNELS; c++) {
            float value = FMA((float) image[at + c], scale, shift);
            tile[THREAD * CHANNELS + c] = source.seen ? value : 0.0f;
        }
        SYNC();
        int count = (pixels - first < BLOCK_THREADS ? pixels - first : BLOCK_THREADS) * CHANNELS;
        for (int e = THREAD * 4; e < count; e += BLOCK_THREADS * 4) {
            put_four(to, first * CHANNELS + e, four_of(tile, e));
        }
    }
}

// An image whose shape fits none of that.
DEVICE void any(real* to, const u8* from, Picture p, int height, int width, int channels, int cutout, float scale, float shift) {
    for (int pixel = THREAD; pixel < height * width; pixel += THREADS) {
        Source source = source_of(p, pixel, height, width, cutout);
        const u8* there = from + (source.y * width + source.x) * channels;
        for (int c = 0; c < channels; c++) {
            STORE(to, pixel * channels + c, source.seen ? FMA((float) there[c], scale, shift) : 0.0f);
        }
    }
}

// A block has one row of the batch. Its first warp chooses for all of it, every lane the same, and keeps a copy for each lane: a lane that
// stores alone would part from the others.
KERNEL(gather)(GLOBAL real* RESTRICT x, GLOBAL int* RESTRICT labels, GLOBAL int* RESTRICT now,
        GLOBAL const u8* RESTRICT images, GLOBAL const u8* RESTRICT classes, GLOBAL const int* clock, GLOBAL const int* key,
        int total, int stride, int batch, int height, int width, int channels, int shuffle, int flip, int pad, int cutout,
        float scale, float shift) {
    SHARED int shared[6][WARP];
    int row = BLOCK_X;
    int size = height * width * channels;
    real* to = x + row * size;
    put_clock(now, clock, 0);
    if (row >= valid_rows(clock, total, stride, batch)) {
        store_if(THREAD == 0, labels + row, -1);
        for (int e = THREAD; e < size; e += THREADS) {
            STORE(to, e, 0.0f);
        }
        return;
    }
    if (THREAD < WARP) {
        int epoch = clock[CLOCK_EPOCH];
        int place = first_place(clock, stride) + row;
        int image = shuffle ? shuffled(place, total, epoch, key) : place;
        Picture p = choose(image, epoch, key, height, width, flip, pad, cutout);
        int chosen[6] = {p.image, p.mirrored, p.down, p.right, p.cut_top, p.cut_left};
        UNROLL
        for (int k = 0; k < 6; k++) {
            shared[k][THREAD] = chosen[k];
        }
        store_if(THREAD == 0, labels + row, classes[image]);
    }
    SYNC();
    Picture p = {shared[0][0], shared[1][0], shared[2][0], shared[3][0], shared[4][0], shared[5][0]};
    const u8* from = images + p.image * size;
    bool as_it_is = !p.mirrored && pad == 0 && cutout == 0;
    if (as_it_is && size % 4 == 0) {
        plain(to, from, size, scale, shift);
    } else if (channels == CHANNELS && size <= MOST_BYTES && size % 16 == 0) {
        changed(to, from, p, height, width, cutout, scale, shift);
    } else {
        any(to, from, p, height, width, channels, cutout, scale, shift);
    }
}
