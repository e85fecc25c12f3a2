package org.jengine.cifar.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.List;
import org.jengine.cifar.Nets;
import org.jengine.cifar.Recipe;
import org.jengine.cifar.data.DataSet;
import org.jengine.cifar.data.LimitedData;
import org.jengine.cifar.data.Synthetic;
import org.jengine.kernels.Shape;
import org.jengine.nn.EpochResult;
import org.jengine.nn.TrainResult;
import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Recipe CNN = Nets.find("cnn").orElseThrow();

    @Test
    void aWholeRunOnCifarIsJudged() {
        assertEquals(new Verdict(true, "expected >= 0.70: met"), Verdict.of(CNN, 20, cifar(), result(0.7, false)));
        assertEquals(new Verdict(false, "expected >= 0.70: not met"), Verdict.of(CNN, 20, cifar(), result(0.6999, false)));
    }

    @Test
    void anyOtherIsNotAndSaysWhy() {
        assertEquals(new Verdict(null, "not judged: the data are synthetic"),
                Verdict.of(CNN, 20, Synthetic.standard(), result(0.9, false)));
        assertEquals(new Verdict(null, "not judged: the data are CIFAR-10 (first 5)"),
                Verdict.of(CNN, 20, LimitedData.of(cifar(), 5), result(0.9, false)));
        assertEquals(new Verdict(null, "not judged: 1 epoch instead of 20"), Verdict.of(CNN, 1, cifar(), result(0.9, false)));
        assertEquals(new Verdict(null, "not judged: interrupted after 1 epoch"), Verdict.of(CNN, 20, cifar(), result(0.9, true)));
        assertEquals(new Verdict(null, "not judged: the tutorial states no accuracy for keras-cnn"),
                Verdict.of(Nets.find("keras-cnn").orElseThrow(), 200, cifar(), result(0.9, false)));
    }

    private static TrainResult result(double accuracy, boolean cancelled) {
        EpochResult epoch = new EpochResult(1, 1, 0.5, 1, accuracy, 1e-3, 1000, 1, 1, true);
        return new TrainResult(List.of(epoch), epoch, null, null, cancelled, 1);
    }

    private static DataSet cifar() {
        return new DataSet() {
            @Override
            public String name() {
                return "CIFAR-10";
            }

            @Override
            public String fingerprint() {
                return "test";
            }

            @Override
            public Shape image() {
                return Nets.IMAGE;
            }

            @Override
            public List<String> classes() {
                return List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
            }

            @Override
            public int count(Split split) {
                return 10;
            }

            @Override
            public String source() {
                return "test";
            }

            @Override
            public List<String> warnings() {
                return List.of();
            }

            @Override
            public List<FileReport> files() {
                return List.of();
            }

            @Override
            public boolean official() {
                return false;
            }

            @Override
            public byte[] labels(Split split) {
                return new byte[10];
            }

            @Override
            public void copyFirst(Split split, int count, ByteBuffer images, ByteBuffer labels) {
                throw new AssertionError("nobody looks at the images");
            }
        };
    }
}
