package org.jengine.softcuda.dnn;

import java.util.List;

/** The gradients of a normalisation that was done in training. */
record NormGradientNode(Norm norm, GraphTensor x, GraphTensor dy, GraphTensor mean, GraphTensor inverse, GraphTensor scale,
        GraphTensor dx, GraphTensor dscale, GraphTensor dbias) implements Node {
    static NormGradientNode of(Descriptor from) {
        NormNode.Mode mode = NormNode.mode(from, Attribute.OPERATION_NORM_BWD_MODE);
        GraphTensor x = tensor(from, Attribute.OPERATION_NORM_BWD_XDESC);
        GraphTensor scale = tensor(from, Attribute.OPERATION_NORM_BWD_SCALE_DESC);
        Norm norm = NormNode.norm(mode, x, scale);
        GraphTensor mean = norm.centred() ? from.needed(Attribute.OPERATION_NORM_BWD_MEAN_DESC, GraphTensor.class) : null;
        GraphTensor dbias = mode == NormNode.Mode.RMS ? tensor(from, Attribute.OPERATION_NORM_BWD_DBIAS_DESC)
                : from.needed(Attribute.OPERATION_NORM_BWD_DBIAS_DESC, GraphTensor.class);
        NormGradientNode node = new NormGradientNode(norm, x, tensor(from, Attribute.OPERATION_NORM_BWD_DYDESC), mean,
                tensor(from, Attribute.OPERATION_NORM_BWD_INV_VARIANCE_DESC), scale, tensor(from, Attribute.OPERATION_NORM_BWD_DXDESC),
                tensor(from, Attribute.OPERATION_NORM_BWD_DSCALE_DESC), dbias);
        node.check();
        return node;
    }

    private static GraphTensor tensor(Descriptor from, Attribute attribute) {
        return from.part(attribute, GraphTensor.class);
    }

    private void check() {
        Node.same("dy", dy.dims(), x.dims());
        Node.same("dx", dx.dims(), x.dims());
        for (GraphTensor tensor : GraphTensor.present(mean, inverse)) {
            Node.same("the statistics", tensor.dims(), norm.statistic());
        }
        for (GraphTensor tensor : GraphTensor.present(dscale, dbias)) {
            Node.same("the gradient of scale or bias", tensor.dims(), norm.scale());
        }
    }

    @Override
    public List<GraphTensor> inputs() {
        return GraphTensor.present(x, dy, mean, inverse, scale);
    }

    @Override
    public List<GraphTensor> outputs() {
        return GraphTensor.present(dx, dscale, dbias);
    }

    @Override
    public void perform(Store store) {
        Norm.Gradients made = norm.gradients(store.get(x), store.get(dy), mean == null ? null : store.get(mean), store.get(inverse),
                store.get(scale));
        store.put(dx, made.dx());
        store.put(dscale, made.dscale());
        if (dbias != null) {
            store.put(dbias, made.dbias());
        }
    }
}
