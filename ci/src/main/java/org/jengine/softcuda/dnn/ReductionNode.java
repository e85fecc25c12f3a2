package org.jengine.softcuda.dnn;

import java.util.List;
import org.jengine.softcuda.blas.DataType;

/** A reduction to a tensor of the same number of dimensions, each the same or 1. */
record ReductionNode(int operator, GraphTensor x, GraphTensor y) implements Node {
    /** What a reduction descriptor says. */
    record Settings(int operator, DataType compute) {
        static Settings of(Descriptor from) {
            int operator = from.number(Attribute.REDUCTION_OPERATOR);
            Status.BAD_PARAM.unless(operator >= Reduction.ADD && operator <= Reduction.LAST,
                    "CUDNN_ATTR_REDUCTION_OPERATOR is " + operator);
            Status.NOT_SUPPORTED.unless(operator <= Reduction.LAST_OF_GRAPHS, "CUDNN_ATTR_REDUCTION_OPERATOR is " + operator);
            return new Settings(operator, Types.of(from.number(Attribute.REDUCTION_COMP_TYPE), "CUDNN_ATTR_REDUCTION_COMP_TYPE"));
        }
    }

    static ReductionNode of(Descriptor from) {
        Settings settings = from.part(Attribute.OPERATION_REDUCTION_DESC, Settings.class);
        GraphTensor x = from.part(Attribute.OPERATION_REDUCTION_XDESC, GraphTensor.class);
        GraphTensor y = from.part(Attribute.OPERATION_REDUCTION_YDESC, GraphTensor.class);
        Status.BAD_PARAM_SHAPE_MISMATCH.unless(Shapes.fits(y.dims(), x.dims()), "a reduction of " + x.tensor() + " to " + y.tensor());
        return new ReductionNode(settings.operator, x, y);
    }

    @Override
    public List<GraphTensor> inputs() {
        return List.of(x);
    }

    @Override
    public List<GraphTensor> outputs() {
        return List.of(y);
    }

    @Override
    public void perform(Store store) {
        store.put(y, Reduction.reduce(operator, store.get(x), x.dims(), y.dims()));
    }
}
