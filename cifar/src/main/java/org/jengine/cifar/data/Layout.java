package org.jengine.cifar.data;

import java.util.List;
import org.jengine.nn.ImageData.Split;

/**
 * The binary layout of CIFAR-10: six files of records, each a label byte and three planes of 32 x 32 bytes, red, green, blue.
 *
 * @param recordsPerFile 10,000 in the published set
 * @param sha256         of the published files in their order; empty where none is published
 */
record Layout(int recordsPerFile, List<String> sha256) {
    static final int EDGE = 32;
    static final int PIXELS = EDGE * EDGE;
    static final int IMAGE = 3 * PIXELS;
    static final int RECORD = 1 + IMAGE;
    static final String FOLDER = "cifar-10-batches-bin";
    static final String ARCHIVE = "cifar-10-binary.tar.gz";
    static final String ARCHIVE_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";
    static final long ARCHIVE_BYTES = 170_052_171;
    static final List<String> CLASSES =
        List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");
    /** Five training files, then the one for validation: the order of images and of the fingerprint. */
    static final List<String> FILES = List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
        "data_batch_5.bin", "test_batch.bin");
    static final Layout CIFAR10 = new Layout(10_000, List.of(
        "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5",
        "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed",
        "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67",
        "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48",
        "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add",
        "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"));

    long fileBytes() {
        return (long) RECORD * recordsPerFile;
    }

    int count(Split split) {
        return split == Split.TRAIN ? recordsPerFile * (FILES.size() - 1) : recordsPerFile;
    }

    static Split splitOf(int file) {
        return file < FILES.size() - 1 ? Split.TRAIN : Split.VALIDATION;
    }

    boolean official(int file, String hash) {
        return !sha256.isEmpty() && sha256.get(file).equals(hash);
    }

    /**
     * Says what is wrong with a file's size.
     *
     * @throws DataCorrupt unless {@code bytes} is right
     */
    void checkSize(String file, long bytes) {
        long missing = recordsPerFile - bytes / RECORD;
        if (bytes == fileBytes()) {
            return;
        }
        if (bytes % (RECORD + 1) == 0 && bytes / (RECORD + 1) == recordsPerFile) {
            throw new DataCorrupt(file + " holds records of 3074 bytes, as CIFAR-100 has them; " + Hints.GET_ARCHIVE);
        }
        throw new DataCorrupt(file + " has " + bytes + " bytes instead of " + fileBytes() + ": "
            + (bytes > fileBytes() ? bytes - fileBytes() + " bytes too many" : missing + " of " + recordsPerFile + " records are missing")
            + "; the file was cut off or is another one; " + Hints.GET_ARCHIVE);
    }
}
