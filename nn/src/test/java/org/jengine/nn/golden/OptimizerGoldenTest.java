package org.jengine.nn.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jengine.kernels.Adam;
import org.jengine.kernels.Args;
import org.jengine.kernels.Clock;
import org.jengine.kernels.DType;
import org.jengine.kernels.Data;
import org.jengine.kernels.KernelDef;
import org.jengine.kernels.RmsProp;
import org.jengine.kernels.Sgd;
import org.jengine.nn.Schedule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Five updates of thirteen weights by every optimiser at the rates of a schedule, against Keras.
 *
 * <p>Tolerance: each update rounds the weight itself up to three times, and what is added is off by the {@link #ROUNDINGS} of its
 * formula and by those of {@code 1 - beta}, whose relative error is half an epsilon over {@code 1 - beta} since beta is a float.
 */
class OptimizerGoldenTest {
    private static final int STEPS = 5;
    private static final int WEIGHT_ROUNDINGS = 3;
    private static final int ROUNDINGS = 12;

    static Stream<GoldenCase> cases() {
        return GoldenFile.cases("optimizers");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void reference(GoldenCase c) {
        run(c, Rig::byReference);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void host(GoldenCase c) {
        run(c, Rig::onDevice);
    }

    private static void run(GoldenCase c, UnaryOperator<Args> kernel) {
        Schedule schedule = Schedule.parse(c.text("schedule"));
        double[] rates = new double[STEPS];
        for (int i = 0; i < STEPS; i++) {
            rates[i] = c.number("rate") * schedule.factor(i, STEPS);
        }
        Numbers.compareDouble("rates", c.plain("rates"), rates);
        double[] start = c.plain("start");
        double[] gradients = c.plain("gradients");
        double[] after = c.plain("after");
        int count = start.length;
        assertEquals(STEPS * count, gradients.length);
        Numbers.requireContent(c + " after", after, 1);
        Map<String, Data> state = new HashMap<>();
        state.put("w", KernelGolden.floats(start));
        c.node().get("state").fieldNames().forEachRemaining(name -> state.put(name, Data.of(DType.F32, count)));
        Data clock = KernelGolden.clock(0, 0, 0);
        double before = Numbers.largest(start);
        for (int step = 0; step < STEPS; step++) {
            double[] g = Arrays.copyOfRange(gradients, step * count, (step + 1) * count);
            Args.Builder args = Args.of(def(c)).data("g", KernelGolden.floats(g)).data("rates", KernelGolden.floats(rates))
                    .data("clock", clock).out("next", Clock.COUNT).size("count", count);
            state.forEach(args::data);
            Args a = kernel.apply(settings(c, args).build());
            state.replaceAll((name, old) -> a.data(name));
            double[] expected = Arrays.copyOfRange(after, step * count, (step + 1) * count);
            double tolerance = (step + 1) * (WEIGHT_ROUNDINGS * Numbers.EPSILON * before + moved(start, expected) * relative(c));
            Numbers.compare("weights after step " + step, expected, KernelGolden.doubles(a.data("w")), tolerance);
            clock = a.data("next");
        }
        for (Map.Entry<String, JsonNode> entry : c.node().get("state").properties()) {
            double[] expected = Numbers.of(entry.getValue());
            Numbers.requireContent(c + " " + entry.getKey(), expected, Numbers.LEAST_SHARE);
            Numbers.compare(entry.getKey(), expected, KernelGolden.doubles(state.get(entry.getKey())),
                    STEPS * relative(c) * Numbers.largest(expected));
        }
    }

    private static double moved(double[] start, double[] end) {
        double most = 0;
        for (int i = 0; i < start.length; i++) {
            most = Math.max(most, Math.abs(end[i] - start[i]));
        }
        return most;
    }

    /** The relative error of an update. */
    private static double relative(GoldenCase c) {
        double least = switch (c.text("kind")) {
            case "adam" -> Math.min(1 - c.number("beta1"), 1 - c.number("beta2"));
            case "rmsprop" -> 1 - c.number("rho");
            default -> 1;
        };
        return Numbers.EPSILON * (ROUNDINGS + 0.5 / least);
    }

    private static KernelDef def(GoldenCase c) {
        return switch (c.text("kind")) {
            case "adam" -> Adam.of(DType.F32);
            case "sgd" -> Sgd.of(DType.F32);
            case "rmsprop" -> RmsProp.of(DType.F32);
            default -> throw new AssertionError("no kernel for " + c.text("kind"));
        };
    }

    private static Args.Builder settings(GoldenCase c, Args.Builder args) {
        List<String> names = switch (c.text("kind")) {
            case "adam" -> List.of("beta1", "beta2", "epsilon", "decay");
            case "sgd" -> List.of("momentum", "decay");
            default -> List.of("rho", "epsilon", "decay");
        };
        names.forEach(name -> args.scalar(name, c.number(name)));
        return c.text("kind").equals("sgd") ? args.size("nesterov", c.node().get("nesterov").asBoolean() ? 1 : 0) : args;
    }

    static Stream<GoldenCase> schedules() {
        return GoldenFile.cases("schedules");
    }

    /** Double against double: a few units in the last place. */
    @ParameterizedTest
    @MethodSource("schedules")
    void schedule(GoldenCase c) {
        double[] expected = c.plain("factors");
        Numbers.requireContent(c + " factors", expected, 1);
        assertEquals(c.size("updates"), expected.length);
        double[] actual = new double[expected.length];
        for (int i = 0; i < actual.length; i++) {
            actual[i] = Schedule.parse(c.name()).factor(i, actual.length);
        }
        Numbers.compare(c.name(), expected, actual, 1e-14);
    }

    @Test
    void everyScheduleHasGoldenNumbers() {
        assertEquals(Set.of(Schedule.class.getPermittedSubclasses()),
                schedules().map(c -> Schedule.parse(c.name()).getClass()).collect(Collectors.toSet()));
    }
}
