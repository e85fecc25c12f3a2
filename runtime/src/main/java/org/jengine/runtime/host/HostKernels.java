package org.jengine.runtime.host;

import java.util.Map;
import java.util.Set;
import org.jengine.kernels.KernelDef;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.spi.BoundArgs;

/**
 * The bodies that the host has for kernels it should be fast at. Any other kernel is done by its reference, so that a new one needs
 * nothing here.
 */
final class HostKernels {
    /** Makes the operation from checked arguments. */
    private interface Body {
        Op of(BoundArgs<HostSlice> bound);
    }

    private static final Map<String, Body> BODIES = Map.ofEntries(
            Map.entry("gather_f32", GatherOp::new),
            Map.entry("gather_bf16", GatherOp::new),
            Map.entry("relu_fwd_f32", ActivationOps.ReluForward::new),
            Map.entry("relu_fwd_bf16", ActivationOps.ReluForward::new),
            Map.entry("relu_bwd_f32", ActivationOps.ReluBackward::new),
            Map.entry("relu_bwd_bf16", ActivationOps.ReluBackward::new),
            Map.entry("sigmoid_fwd_f32", ActivationOps.SigmoidForward::new),
            Map.entry("sigmoid_fwd_bf16", ActivationOps.SigmoidForward::new),
            Map.entry("sigmoid_bwd_f32", ActivationOps.SigmoidBackward::new),
            Map.entry("sigmoid_bwd_bf16", ActivationOps.SigmoidBackward::new),
            Map.entry("dropout_f32", DropoutOp::new),
            Map.entry("dropout_bf16", DropoutOp::new),
            Map.entry("dropout_bwd_f32", DropoutOp.Backward::new),
            Map.entry("dropout_bwd_bf16", DropoutOp.Backward::new),
            Map.entry("softmax_xent_f32", SoftmaxXentOp::train),
            Map.entry("softmax_xent_bf16", SoftmaxXentOp::train),
            Map.entry("softmax_xent_fwd_f32", SoftmaxXentOp::eval),
            Map.entry("softmax_xent_fwd_bf16", SoftmaxXentOp::eval),
            Map.entry("adam_f32", OptimizerOps.Adam::new),
            Map.entry("adam_bf16", OptimizerOps.Adam::new),
            Map.entry("sgd_f32", OptimizerOps.Sgd::new),
            Map.entry("sgd_bf16", OptimizerOps.Sgd::new),
            Map.entry("rmsprop_f32", OptimizerOps.RmsProp::new),
            Map.entry("rmsprop_bf16", OptimizerOps.RmsProp::new),
            Map.entry("clock_tick_i32", ClockTickOp::new),
            Map.entry("cast_bf16", ActivationOps.Cast::new));

    private HostKernels() {
    }

    /** Entries that have a body of their own. */
    static Set<String> entries() {
        return BODIES.keySet();
    }

    static Kernel of(HostDevice device, KernelDef def) {
        Body body = BODIES.getOrDefault(def.entry(), ReferenceOp::new);
        return args -> new HostLaunch(device, body.of(new BoundArgs<>(def, HostSlice::of, args)));
    }
}
