package org.jengine.softcuda.dnn;

import java.util.HashMap;
import java.util.Map;
import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.blas.Halves;
import org.jengine.softcuda.memory.View;
import org.jengine.softcuda.work.Turn;

/** The values of a graph's tensors while it is performed: of virtual ones here, of others in device memory. */
final class Store {
    private final View view;
    private final Turn turn;
    private final Map<Long, Long> places;
    private final Map<Long, Float> scalars;
    private final boolean tf32;
    private final Map<Long, float[]> held = new HashMap<>();

    /**
     * @param places  addresses by the tensors' names
     * @param scalars what was given by value
     * @param tf32    whether the factors of products are rounded as tensor cores round floats
     */
    Store(View view, Turn turn, Map<Long, Long> places, Map<Long, Float> scalars, boolean tf32) {
        this.view = view;
        this.turn = turn;
        this.places = places;
        this.scalars = scalars;
        this.tf32 = tf32;
    }

    /** The tensor's values, packed; not to be changed. */
    float[] get(GraphTensor tensor) {
        float[] values = held.get(tensor.uid());
        if (values == null) {
            values = tensor.byValue() ? new float[] {scalars.get(tensor.uid())}
                    : tensor.tensor().read(view, turn, places.get(tensor.uid()));
            held.put(tensor.uid(), values);
        }
        return values;
    }

    /** As {@link #get}, for a factor of a product. */
    float[] factor(GraphTensor tensor) {
        float[] values = get(tensor);
        if (!tf32 || tensor.tensor().type() != DataType.F32) {
            return values;
        }
        float[] rounded = new float[values.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Halves.toTf32(values[i]);
        }
        return rounded;
    }

    float scalar(GraphTensor tensor) {
        return get(tensor)[0];
    }

    /** The tensor's values as it repeats to other dimensions. */
    float[] repeated(GraphTensor tensor, int[] dims) {
        return Shapes.repeat(get(tensor), tensor.dims(), dims);
    }

    /** Takes what an operation made: a virtual tensor has the precision of its type too. */
    void put(GraphTensor tensor, float[] values) {
        if (!tensor.virtual()) {
            tensor.tensor().write(view, turn, places.get(tensor.uid()), values);
        }
        float[] kept = values;
        if (tensor.tensor().type() != DataType.F32) {
            kept = new float[values.length];
            for (int i = 0; i < kept.length; i++) {
                kept[i] = tensor.tensor().type().round(values[i]);
            }
        }
        held.put(tensor.uid(), kept);
    }
}
