package org.jengine.runtime.host;

/**
 * How images are dealt out to the parts of an operation. It depends on the shapes alone, never on the number of threads, so that sums of
 * partial results come out the same on any number of them.
 *
 * @param images  images in the batch
 * @param perPart images of a part; the last part may have fewer
 */
record Tiling(int images, int perPart) {
    /** For what is not cut along images. */
    static final Tiling WHOLE = new Tiling(1, 1);

    int parts() {
        return (images + perPart - 1) / perPart;
    }

    int from(int part) {
        return part * perPart;
    }

    int count(int part) {
        return Math.min(perPart, images - from(part));
    }
}
