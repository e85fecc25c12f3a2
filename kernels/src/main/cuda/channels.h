// How sums over the rows of [rows, channels] are cut. A block takes a chunk of rows. Its threads stand in one row, or in as many as they
// are enough for, and go down EACH such rows a turn; where a row is longer than a block, blocks side by side (BLOCK_Y) hold it.

#include "portable.h"

// Elements from one row of a lane to its next. THREADS is a multiple of `channels` or less.
DEVICE int stride_of(int channels) {
    return THREADS > channels ? THREADS : channels;
}

// The lanes of this block.
DEVICE int lanes_of(int channels) {
    int left = stride_of(channels) - BLOCK_Y * THREADS;
    return THREADS < left ? THREADS : left;
}

// Elements, in all its rows, of this block's chunk.
DEVICE int chunk_of(int rows, int channels, int chunk) {
    int left = rows - BLOCK_X * chunk;
    return (chunk < left ? chunk : left) * channels;
}
