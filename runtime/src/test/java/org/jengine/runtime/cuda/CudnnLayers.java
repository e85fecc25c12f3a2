package org.jengine.runtime.cuda;

import java.util.List;
import java.util.Map;
import org.jengine.runtime.Activation;
import org.jengine.runtime.Arena;
import org.jengine.runtime.ConvSpec;
import org.jengine.runtime.DenseSpec;
import org.jengine.runtime.Device;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Library;
import org.jengine.runtime.NormSpec;
import org.jengine.runtime.Numerics;
import org.jengine.runtime.PoolSpec;
import org.jengine.runtime.Slice;
import org.jengine.runtime.portable.PortableLibrary;
import org.jengine.runtime.portable.Tuner;

/**
 * Convolutions and poolings by cuDNN, those too that are left to our kernels where nothing is timed: convolutions of pictures, with padded
 * channels or before a ReLU as they are, and every pooling that suits.
 */
record CudnnLayers(DnnLibrary dnn) implements Library {
    static Library of(Device device, Arena scratch, Numerics numerics) {
        Tuner tuner = new Tuner(device, null, false);
        PortableLibrary ours = new PortableLibrary(device, scratch, tuner, numerics);
        return new CudnnLayers(new DnnLibrary((CudaDevice) device, ours, scratch, numerics, tuner));
    }

    @Override
    public ConvPlan conv(ConvSpec spec) {
        ConvPlan chosen = new DnnConv(dnn, spec);
        if (!PaddedConv.suits(spec)) {
            return chosen;
        }
        boolean plain = spec.act() == Activation.RELU;
        PaddedConv padded = new PaddedConv(dnn, spec);
        return new ConvPlan() {
            @Override
            public Launch forward(Slice y, Slice x, Slice w, Slice b) {
                List<Way> ways = plain ? dnn.ways(DnnOp.of(DnnOp.Form.FORWARD, spec), () -> List.of(y, x, w, b))
                        : padded.forward(y, x, w, b);
                return ways.get(0).bound().get();
            }

            @Override
            public Launch backwardData(Slice dx, Slice dy, Slice w, Slice x) {
                return chosen.backwardData(dx, dy, w, x);
            }

            @Override
            public Launch backwardWeights(Slice dw, Slice db, Slice x, Slice dy) {
                List<Way> ways = plain ? dnn.ways(DnnOp.of(DnnOp.Form.BACKWARD_WEIGHTS, spec), () -> List.of(dw, x, dy))
                        : padded.backwardWeights(dw, x, dy);
                // Of bf16, cuDNN makes gradients in fp32 where channels and filters suit tensor cores.
                return ways.isEmpty() ? chosen.backwardWeights(dw, db, x, dy) : ways.get(0).bound().get()
                        .then(dnn.ours().columnSums(spec.real(), db, dy, (int) (spec.y().count() / spec.k()), spec.k()));
            }
        };
    }

    @Override
    public PoolPlan maxPool(PoolSpec spec) {
        return DnnPool.suits(spec) ? new DnnPool(dnn, spec) : dnn.ours().maxPool(spec);
    }

    @Override
    public NormPlan batchNorm(NormSpec spec) {
        throw new UnsupportedOperationException("convolutions and poolings only");
    }

    @Override
    public DensePlan dense(DenseSpec spec) {
        throw new UnsupportedOperationException("convolutions and poolings only");
    }

    @Override
    public Map<String, String> choices() {
        return Map.of();
    }
}
