package org.jengine.runtime.cuda;

import java.util.function.Function;
import java.util.function.Supplier;
import org.jengine.runtime.Arena;
import org.jengine.runtime.Launch;

/**
 * One way to do an operation.
 *
 * @param name  by which the outcome of a trial is kept; no two ways of an operation have the same
 * @param told  what records say where it is chosen
 * @param bound bound to its tensors
 * @param trial bound to others, with all its memory in the arena
 */
record Way(String name, String told, Supplier<Launch> bound, Function<Arena, Launch> trial) {
    /** This way and what is to be done after it. */
    Way then(Supplier<Launch> after, Function<Arena, Launch> trialOfIt) {
        return new Way(name, told, () -> bound.get().then(after.get()), arena -> trial.apply(arena).then(trialOfIt.apply(arena)));
    }

    /**
     * What is to be done first and then this way.
     *
     * @param how names what is done
     */
    Way after(String how, Supplier<Launch> before, Function<Arena, Launch> trialOfIt) {
        return new Way(how + ", " + name, how + ", " + told, () -> before.get().then(bound.get()),
                arena -> trialOfIt.apply(arena).then(trial.apply(arena)));
    }
}
