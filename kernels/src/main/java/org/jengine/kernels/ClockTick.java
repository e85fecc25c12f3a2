package org.jengine.kernels;

import java.util.List;

/**
 * The end of a step that no optimiser ends: {@code clock[STEP]++, clock[UPDATES]++}, with {@code clock I32[4]} as in {@link Clock}.
 * Between epochs the host copies a new clock in, with the step at 0 and the next epoch.
 */
public record ClockTick() implements KernelDef {
    /** {@code clock_tick_i32}. */
    public static KernelDef of() {
        return new ClockTick();
    }

    @Override
    public String entry() {
        return Real.entry("clock_tick", DType.I32);
    }

    @Override
    public List<Param> params() {
        return List.of(Param.inout("clock", DType.I32));
    }

    @Override
    public long elements(String buffer, Args sizes) {
        return Clock.COUNT;
    }

    @Override
    public Grid grid(Args sizes) {
        return new Grid(1, 1, 1, 1);
    }

    @Override
    public void reference(Args a) {
        Data clock = a.data("clock");
        clock.set(Clock.STEP, Clock.step(a) + 1);
        clock.set(Clock.UPDATES, Clock.updates(a) + 1);
    }

    @Override
    public List<Case> cases() {
        return List.of(of("first_step", 0, 1, 391), of("late", 390, 99, 39_099));
    }

    private Case of(String name, int step, int epoch, int updates) {
        // The spare element is not zero here, to show that it stays.
        return new Case(name, 0, random -> Args.of(this).data("clock", Data.of(DType.I32, step, epoch, updates, 77)).build());
    }
}
