package org.jengine.runtime.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.Param;
import org.jengine.runtime.Kernel;
import org.jengine.runtime.Slice;

/**
 * The bodies that the host has for kernels it should be fast at. Any other kernel is done by its reference, so that a new one needs
 * nothing here.
 */
final class HostKernels {
    /** Makes the operation from checked arguments. */
    private interface Body {
        Op of(Bound bound);
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
        return args -> new HostLaunch(device, body.of(new Bound(def, args)));
    }

    /** Arguments of a launch by name, checked against the declaration. */
    static final class Bound {
        private final KernelDef def;
        private final Map<String, Object> values = new LinkedHashMap<>();

        private Bound(KernelDef def, Object[] args) {
            this.def = def;
            List<Param> params = def.params();
            if (args.length != params.size()) {
                throw new IllegalArgumentException(def.entry() + " takes " + params.size() + " arguments "
                        + params.stream().map(Param::name).toList() + ", got " + args.length);
            }
            for (int i = 0; i < args.length; i++) {
                values.put(params.get(i).name(), checked(params.get(i), args[i]));
            }
        }

        private Object checked(Param p, Object arg) {
            boolean fits = switch (p.role()) {
                case SIZE -> arg instanceof Integer;
                case SCALAR -> arg instanceof Float;
                default -> arg instanceof Slice s && s.type() == p.type();
            };
            if (!fits) {
                String wanted = p.role().isBuffer() ? "a slice of " + p.type() : p.role() == Param.Role.SIZE ? "an Integer" : "a Float";
                throw new IllegalArgumentException(def.entry() + ": " + p.name() + " must be " + wanted + ", got " + arg);
            }
            return p.role().isBuffer() ? HostSlice.of((Slice) arg) : arg;
        }

        KernelDef def() {
            return def;
        }

        String entry() {
            return def.entry();
        }

        /** The slice, checked to hold at least so many elements. */
        HostSlice slice(String name, long atLeast) {
            HostSlice s = (HostSlice) values.get(name);
            if (s.count() < atLeast) {
                throw new IllegalArgumentException(def.entry() + ": " + name + " needs " + atLeast + " elements, " + s + " has fewer");
            }
            return s;
        }

        /** The slice if the declaration has one of that name, else null. */
        HostSlice optional(String name, long atLeast) {
            return values.containsKey(name) ? slice(name, atLeast) : null;
        }

        int size(String name) {
            return (Integer) values.get(name);
        }

        float scalar(String name) {
            return (Float) values.get(name);
        }
    }
}
