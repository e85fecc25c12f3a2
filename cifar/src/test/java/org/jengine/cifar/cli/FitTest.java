package org.jengine.cifar.cli;

import static org.jengine.nn.layers.Layers.dense;
import static org.jengine.nn.layers.Layers.flatten;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jengine.cifar.Nets;
import org.jengine.cifar.data.Synthetic;
import org.jengine.kernels.Shape;
import org.jengine.nn.Checkpoint;
import org.jengine.nn.Net;
import org.jengine.nn.Weights;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FitTest {
    @TempDir
    private Path folder;

    @Test
    void theTutorialsNetsFit() {
        Nets.ALL.forEach(r -> Fit.check(r.net(), Synthetic.standard()));
    }

    @Test
    void otherShapesAndClassesAreRefusedWithBothNamed() {
        Net small = Net.of("small", Shape.of(28, 28, 1), flatten(), dense(10).softmax());
        String shape = assertThrows(UsageException.class, () -> Fit.check(small, Synthetic.standard())).getMessage();
        assertTrue(shape.contains("28x28x1") && shape.contains("32x32x3"), shape);
        Net hundred = Net.of("hundred", Nets.IMAGE, flatten(), dense(100).softmax());
        String classes = assertThrows(UsageException.class, () -> Fit.check(hundred, Synthetic.standard())).getMessage();
        assertTrue(classes.contains("100 classes") && classes.contains("has 10"), classes);
    }

    @Test
    void evalRefusesWeightsOfAnotherKindOfData() {
        Net hundred = Net.of("hundred", Nets.IMAGE, flatten(), dense(100).softmax());
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
        hundred.weights().forEach(w -> tensors.put(w.name(), new Weights.Tensor(w.spec().shape(),
                new float[Math.toIntExact(w.spec().shape().count())])));
        new Checkpoint(hundred, new Weights(tensors), Map.of("data", "CIFAR-100")).save(folder.resolve("w.safetensors"));
        TestConsole console = new TestConsole(folder);
        Assertions.assertEquals(ExitCode.USAGE, console.run("eval", "w.safetensors"));
        assertTrue(console.err().contains("tells 100 classes apart"), console.err());
    }
}
