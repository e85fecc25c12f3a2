package org.jengine.softcuda.dnn;

import java.util.List;
import org.jengine.softcuda.blas.DataType;
import org.jengine.softcuda.blas.Product;

/** Products of the matrices in the last two dimensions; the ones before count the products, and may be 1 for a factor of all. */
record MatmulNode(GraphTensor a, GraphTensor b, GraphTensor c) implements Node {
    /** What a matmul descriptor says. */
    record Settings(DataType compute) {
        static Settings of(Descriptor from) {
            return new Settings(Types.of(from.number(Attribute.MATMUL_COMP_TYPE), "CUDNN_ATTR_MATMUL_COMP_TYPE"));
        }
    }

    static MatmulNode of(Descriptor from) {
        GraphTensor a = from.part(Attribute.OPERATION_MATMUL_ADESC, GraphTensor.class);
        GraphTensor b = from.part(Attribute.OPERATION_MATMUL_BDESC, GraphTensor.class);
        GraphTensor c = from.part(Attribute.OPERATION_MATMUL_CDESC, GraphTensor.class);
        from.needed(Attribute.OPERATION_MATMUL_DESC, Settings.class);
        int last = c.dims().length - 1;
        boolean fits = last >= 1 && a.dims().length == last + 1 && b.dims().length == last + 1 && a.dims()[last - 1] == c.dims()[last - 1]
                && b.dims()[last] == c.dims()[last] && a.dims()[last] == b.dims()[last - 1];
        for (int i = 0; fits && i < last - 1; i++) {
            fits = Math.max(a.dims()[i], b.dims()[i]) == c.dims()[i] && (a.dims()[i] == 1 || a.dims()[i] == c.dims()[i])
                    && (b.dims()[i] == 1 || b.dims()[i] == c.dims()[i]);
        }
        Status.BAD_PARAM_SHAPE_MISMATCH.unless(fits, "a product of " + a.tensor() + " and " + b.tensor() + " to " + c.tensor());
        return new MatmulNode(a, b, c);
    }

    @Override
    public List<GraphTensor> inputs() {
        return List.of(a, b);
    }

    @Override
    public List<GraphTensor> outputs() {
        return List.of(c);
    }

    @Override
    public double flops() {
        return 2.0 * c.tensor().count() * a.dims()[a.dims().length - 1];
    }

    @Override
    public void perform(Store store) {
        int last = c.dims().length - 1;
        int m = c.dims()[last - 1];
        int n = c.dims()[last];
        int k = a.dims()[last];
        float[] left = all(store.factor(a), a.dims(), m, k);
        float[] right = all(store.factor(b), b.dims(), k, n);
        float[] made = new float[c.tensor().count()];
        for (int i = 0; i < made.length / (m * n); i++) {
            float[] part = new float[m * n];
            Product.add(m, n, k, java.util.Arrays.copyOfRange(left, i * m * k, (i + 1) * m * k),
                    java.util.Arrays.copyOfRange(right, i * k * n, (i + 1) * k * n), part);
            System.arraycopy(part, 0, made, i * m * n, part.length);
        }
        store.put(c, made);
    }

    /** The factor repeated for every product. */
    private float[] all(float[] values, int[] dims, int rows, int columns) {
        int[] wanted = c.dims().clone();
        wanted[wanted.length - 2] = rows;
        wanted[wanted.length - 1] = columns;
        return Shapes.repeat(values, dims, wanted);
    }
}
