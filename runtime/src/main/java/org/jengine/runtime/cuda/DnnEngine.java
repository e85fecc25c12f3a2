package org.jengine.runtime.cuda;

import java.util.Arrays;
import java.util.List;
import org.jengine.runtime.Numerics;

/**
 * What cuDNN says of an engine, which is one of its ways to run a graph.
 *
 * @param number          its number among those of the graph
 * @param tensorCores     whether it multiplies on tensor cores; floats are rounded to TF32 then
 * @param rounds          whether it rounds its inputs to a smaller type, or adds up in one
 * @param nondeterministic whether the last bits may differ from run to run
 * @param compiled        whether it is compiled when a plan is made
 */
record DnnEngine(long number, boolean tensorCores, boolean rounds, boolean nondeterministic, boolean compiled) {
    private static final long TENSOR_CORE = 0;
    private static final long DOWN_CONVERT_INPUTS = 1;
    private static final long REDUCED_PRECISION_REDUCTION = 2;
    private static final long NONDETERMINISTIC = 4;
    private static final long RUNTIME_COMPILATION = 0;
    private static final int MOST_NOTES = 32;

    /** That of a configuration. */
    static DnnEngine of(Dnn dnn, Dnn.Descriptor configuration) {
        return DnnScope.with(dnn, scope -> {
            Dnn.Descriptor engine = scope.descriptor(DnnKind.ENGINE);
            dnn.parts(configuration, DnnAttribute.ENGINECFG_ENGINE, List.of(engine));
            long[] notes = dnn.numbers(engine, DnnAttribute.ENGINE_NUMERICAL_NOTE, MOST_NOTES);
            long[] behaviour = dnn.numbers(engine, DnnAttribute.ENGINE_BEHAVIOR_NOTE, MOST_NOTES);
            return new DnnEngine(dnn.numbers(engine, DnnAttribute.ENGINE_GLOBAL_INDEX, 1)[0], has(notes, TENSOR_CORE),
                    has(notes, DOWN_CONVERT_INPUTS) || has(notes, REDUCED_PRECISION_REDUCTION), has(notes, NONDETERMINISTIC),
                    has(behaviour, RUNTIME_COMPILATION));
        });
    }

    /** Whether it may be used: floats stay floats unless they may be rounded to TF32, and bits are the same each time if they must be. */
    boolean suits(boolean floats, Numerics numerics) {
        boolean exact = !rounds && !(floats && tensorCores);
        return (exact || floats && tensorCores && numerics.tf32()) && !(nondeterministic && numerics.deterministic());
    }

    /** As records have it. */
    @Override
    public String toString() {
        return "engine " + number + (tensorCores ? ", tensor cores" : "") + (compiled ? ", compiled here" : "")
                + (nondeterministic ? ", not deterministic" : "");
    }

    private static boolean has(long[] notes, long note) {
        return Arrays.stream(notes).anyMatch(n -> n == note);
    }
}
