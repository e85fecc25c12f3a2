package org.jengine.nn;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.Cast;
import org.jengine.kernels.DType;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.HostBuffer;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/**
 * A net's weights on a device. All that is trained lies in one flat slice, each array at an aligned place, so that the optimiser is one
 * launch; the gradients have the same places in a slice of their own, and so has the bfloat16 shadow that matrix products read. The gaps
 * hold zeros, which every optimiser leaves as they are. Running statistics lie in a third slice.
 */
final class Params {
    /** Elements to which places are rounded up: aligned in the smallest of the types that use them. */
    private static final int GRAIN = Slice.ALIGNMENT / DType.BF16.bytes();

    private final List<Place> places = new ArrayList<>();
    private final Map<String, Place> byLayer = new HashMap<>();
    private final Slice trained;
    private final Slice shadow;
    private final Slice gradients;
    private final Slice statistics;
    private final HostBuffer trainedHost;
    private final HostBuffer statisticsHost;
    private final Launch refresh;

    /** An array and where it begins in its flat slice. */
    private record Place(NamedWeight weight, int first) {
        private boolean trainable() {
            return weight.spec().trainable();
        }
    }

    /** Lays the slices out in {@code arena}; gradients only for {@code training}. The host buffers are added to {@code resources}. */
    Params(Net net, Device device, Arena arena, DType real, boolean training, Resources resources) {
        int trainedCount = 0;
        int statisticsCount = 0;
        for (NamedWeight w : net.weights()) {
            Place place = new Place(w, w.spec().trainable() ? trainedCount : statisticsCount);
            places.add(place);
            byLayer.put(w.layer() + w.spec().name(), place);
            int end = Math.toIntExact((place.first + w.spec().shape().count() + GRAIN - 1) / GRAIN * GRAIN);
            trainedCount = place.trainable() ? end : trainedCount;
            statisticsCount = place.trainable() ? statisticsCount : end;
        }
        trained = arena.take("weights", Shape.of(trainedCount), DType.F32);
        shadow = real == DType.BF16 ? arena.take("shadow", Shape.of(trainedCount), DType.BF16) : null;
        gradients = training ? arena.take("gradients", Shape.of(trainedCount), DType.F32) : null;
        statistics = statisticsCount > 0 ? arena.take("statistics", Shape.of(statisticsCount), DType.F32) : null;
        trainedHost = resources.add(device.pinned("weights", trained.bytes()));
        statisticsHost = statistics != null ? resources.add(device.pinned("statistics", statistics.bytes())) : null;
        refresh = shadow != null ? device.kernel(Cast.of()).bind(shadow, trained, trainedCount) : null;
    }

    /** Elements of the flat slices, gaps included. */
    int count() {
        return Math.toIntExact(trained.count());
    }

    Slice trained() {
        return trained;
    }

    Slice gradients() {
        return gradients;
    }

    /** The weights rounded to bfloat16; null if the precision is float32. */
    Slice shadow() {
        return shadow;
    }

    /** An array as it is to be read: matrices from the shadow, if there is one. */
    Slice weight(int layer, String name) {
        Place p = place(layer, name);
        Slice flat = !p.trainable() ? statistics : p.weight.spec().matrix() && shadow != null ? shadow : trained;
        return flat.part(p.weight.name(), p.first, p.weight.spec().shape());
    }

    Slice gradient(int layer, String name) {
        Place p = place(layer, name);
        return gradients.part("d " + p.weight.name(), p.first, p.weight.spec().shape());
    }

    private Place place(int layer, String name) {
        Place p = byLayer.get(layer + name);
        if (p == null) {
            throw new IllegalArgumentException("layer " + (layer + 1) + " declares no weight '" + name + "'");
        }
        return p;
    }

    /** Puts {@code weights} into place and zeros everywhere else; waits. */
    void write(Stream stream, Weights weights) {
        clear(trainedHost);
        if (statistics != null) {
            clear(statisticsHost);
        }
        for (Place p : places) {
            ByteBuffer host = host(p).bytes();
            float[] values = weights.tensors().get(p.weight.name()).values();
            host.asFloatBuffer().put(p.first, values);
        }
        stream.copyIn(trained, trainedHost);
        if (statistics != null) {
            stream.copyIn(statistics, statisticsHost);
        }
        if (gradients != null) {
            stream.fill(gradients, 0);
        }
        if (refresh != null) {
            refresh.on(stream);
        }
        stream.synchronize();
    }

    /** Queues a copy of the weights to where the host reads them. */
    void fetch(Stream stream) {
        stream.copyOut(trainedHost, trained);
        if (statistics != null) {
            stream.copyOut(statisticsHost, statistics);
        }
    }

    /** The weights as fetched. */
    Weights fetched() {
        Map<String, Weights.Tensor> tensors = new LinkedHashMap<>();
        for (Place p : places) {
            Shape shape = p.weight.spec().shape();
            float[] values = new float[Math.toIntExact(shape.count())];
            host(p).bytes().asFloatBuffer().get(p.first, values);
            tensors.put(p.weight.name(), new Weights.Tensor(shape, values));
        }
        return new Weights(tensors);
    }

    private HostBuffer host(Place p) {
        return p.trainable() ? trainedHost : statisticsHost;
    }

    private static void clear(HostBuffer buffer) {
        ByteBuffer bytes = buffer.bytes();
        while (bytes.remaining() >= Long.BYTES) {
            bytes.putLong(0);
        }
    }
}
