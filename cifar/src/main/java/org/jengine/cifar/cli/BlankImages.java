package org.jengine.cifar.cli;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.IntStream;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData;
import org.jengine.nn.Net;

/** One batch of black images, for plans that are never run. */
record BlankImages(Net net, int images) implements ImageData {
    @Override
    public String name() {
        return "blank";
    }

    @Override
    public String fingerprint() {
        return "blank";
    }

    @Override
    public Shape image() {
        return net.input();
    }

    @Override
    public List<String> classes() {
        return IntStream.range(0, net.classes()).mapToObj(Integer::toString).toList();
    }

    @Override
    public int count(Split split) {
        return images;
    }

    @Override
    public void copyTo(Split split, ByteBuffer pixels, ByteBuffer labels) {
        // Fresh buffers are zero.
    }
}
