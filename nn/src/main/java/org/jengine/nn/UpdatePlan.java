package org.jengine.nn;

import java.util.ArrayList;
import java.util.List;
import org.jengine.kernels.Adam;
import org.jengine.kernels.DType;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.RmsProp;
import org.jengine.kernels.Sgd;
import org.jengine.kernels.Shape;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Device;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Slice;
import org.jengine.runtime.Stream;

/** The optimiser on a device: its state, flat as the weights are, and one launch. */
final class UpdatePlan {
    private final List<Slice> state = new ArrayList<>();
    private final Launch launch;

    UpdatePlan(Optimizer optimizer, Params params, Device device, Arena arena, EpochClock clock) {
        DType real = params.shadow() == null ? DType.F32 : DType.BF16;
        List<Object> settings = new ArrayList<>();
        KernelDef def;
        if (optimizer instanceof Optimizer.Adam a) {
            def = Adam.of(real);
            takeState(arena, params, "adam m", "adam v");
            settings.addAll(List.of((float) a.beta1(), (float) a.beta2(), (float) a.epsilon(), (float) a.decay()));
        } else if (optimizer instanceof Optimizer.Sgd s) {
            def = Sgd.of(real);
            takeState(arena, params, "sgd velocity");
            settings.addAll(List.of(s.nesterov() ? 1 : 0, (float) s.momentum(), (float) s.decay()));
        } else if (optimizer instanceof Optimizer.RmsProp r) {
            def = RmsProp.of(real);
            takeState(arena, params, "rmsprop square");
            settings.addAll(List.of((float) r.rho(), (float) r.epsilon(), (float) r.decay()));
        } else {
            throw new IllegalArgumentException("no kernel for optimiser " + optimizer.describe());
        }
        List<Object> args = new ArrayList<>();
        args.add(params.trained());
        args.addAll(state);
        if (params.shadow() != null) {
            args.add(params.shadow());
        }
        args.addAll(List.of(clock.clock(), params.gradients(), clock.rates(), clock.now(), params.count()));
        args.addAll(settings);
        launch = device.kernel(def).bind(args.toArray());
    }

    private void takeState(Arena arena, Params params, String... names) {
        for (String name : names) {
            state.add(arena.take(name, Shape.of(params.count()), DType.F32));
        }
    }

    Launch launch() {
        return launch;
    }

    /** Forgets all steps. */
    void clear(Stream stream) {
        state.forEach(s -> stream.fill(s, 0));
    }
}
