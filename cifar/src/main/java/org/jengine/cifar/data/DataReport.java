package org.jengine.cifar.data;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData.Split;

/**
 * A data set as checked: opening it has read every byte.
 *
 * @param name        what results call it by
 * @param source      the path, or what generates it
 * @param fingerprint identifies the content
 * @param official    whether every file is the published one
 * @param image       height, width, channels
 * @param train       number of training images
 * @param validation  number of validation images
 * @param classes     images of each class
 * @param files       the files behind it
 * @param warnings    what is odd though usable
 */
public record DataReport(String name, String source, String fingerprint, boolean official, Shape image, int train, int validation,
                         List<ClassCount> classes, List<DataSet.FileReport> files, List<String> warnings) {

    /** Images of one class in each split. */
    public record ClassCount(String name, int train, int validation) {
    }

    static DataReport of(DataSet data) {
        int[] train = counts(data, Split.TRAIN);
        int[] validation = counts(data, Split.VALIDATION);
        List<ClassCount> classes = new ArrayList<>();
        for (int c = 0; c < train.length; c++) {
            classes.add(new ClassCount(data.classes().get(c), train[c], validation[c]));
        }
        return new DataReport(data.name(), data.source(), data.fingerprint(), data.official(), data.image(), data.count(Split.TRAIN),
            data.count(Split.VALIDATION), List.copyOf(classes), data.files(), data.warnings());
    }

    static int[] counts(DataSet data, Split split) {
        int[] counts = new int[data.classes().size()];
        for (byte label : data.labels(split)) {
            counts[label]++;
        }
        return counts;
    }
}
