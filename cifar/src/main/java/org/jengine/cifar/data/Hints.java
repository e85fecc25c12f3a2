package org.jengine.cifar.data;

import java.nio.file.Path;
import java.util.Set;

/** Recognises what is often given in place of the binary CIFAR-10, and says what to get instead. */
final class Hints {
    static final String GET_ARCHIVE = "get " + Layout.ARCHIVE + " with 'jengine data fetch' or from " + Downloader.OFFICIAL;

    private static final Set<String> PYTHON = Set.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5",
        "test_batch", "batches.meta", "cifar-10-batches-py", "cifar-10-python.tar.gz");
    private static final Set<String> MATLAB = Set.of("data_batch_1.mat", "test_batch.mat", "batches.meta.mat", "cifar-10-batches-mat",
        "cifar-10-matlab.tar.gz");
    private static final Set<String> HUNDRED = Set.of("train.bin", "test.bin", "coarse_label_names.txt", "fine_label_names.txt",
        "cifar-100-binary", "cifar-100-python", "cifar-100-matlab", "cifar-100-binary.tar.gz", "cifar-100-python.tar.gz");

    private Hints() {
    }

    /** The last part of a path in an archive. */
    static String fileName(String path) {
        String bare = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return bare.substring(bare.lastIndexOf('/') + 1);
    }

    /** @throws DataCorrupt if {@code entry}, found in {@code where}, belongs to another data set or another form of this one */
    static void refuseOtherSets(Path where, String entry) {
        String name = fileName(entry);
        String what = PYTHON.contains(name) ? "CIFAR-10 in its Python form (pickles)"
            : MATLAB.contains(name) ? "CIFAR-10 in its Matlab form"
            : HUNDRED.contains(name) ? "CIFAR-100" : null;
        if (what != null) {
            throw new DataCorrupt(where + " is " + what + ", as " + entry + " shows; the binary CIFAR-10 is needed: " + GET_ARCHIVE);
        }
    }
}
