package org.jengine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ArgsTest {
    private final KernelDef dropout = Dropout.of(DType.BF16);

    @Test
    void refusesAMissingArgument() {
        assertMessage("dropout_bf16: argument key must be a IN of I32, got null", complete().data("key", null));
    }

    @Test
    void refusesABufferOfAnotherType() {
        assertMessage("dropout_bf16: argument x must be a IN of BF16, got a buffer of F32", complete().data("x", Data.of(DType.F32, 3)));
    }

    @Test
    void refusesASizeForAScalar() {
        assertMessage("dropout_bf16: argument rate must be a SCALAR of F32, got 1", complete().size("rate", 1));
    }

    @Test
    void refusesABufferForASize() {
        assertMessage("dropout_bf16: argument count must be a SIZE of I32, got a buffer of I32",
                complete().data("count", Data.of(DType.I32, 1)));
    }

    @Test
    void refusesAnUnknownName() {
        assertMessage("dropout_bf16 declares no parameter rates", complete().scalar("rates", 1));
        Args.Builder builder = complete();
        assertThrows(IllegalArgumentException.class, () -> builder.out("z", 3));
    }

    @Test
    void answersByNameAndInOrder() {
        Args args = complete().build();
        assertEquals(dropout, args.def());
        assertEquals(3, args.size("count"));
        assertEquals(0.25f, args.scalar("rate"));
        assertEquals(List.of(args.data("y"), args.data("x"), args.data("clock"), args.data("key"), 3, 0, 0.25f), args.inOrder());
        String message = assertThrows(NoSuchElementException.class, () -> args.size("steps")).getMessage();
        assertEquals("dropout_bf16 has no argument steps", message);
    }

    @Test
    void aCopyHasItsOwnInputsAndPoisonedOutputs() {
        Args args = complete().build();
        dropout.reference(args);
        Args copy = args.copy();
        assertNotSame(args.data("x"), copy.data("x"));
        assertEquals(args.data("x").bytes(), copy.data("x").bytes());
        assertTrue(Double.isNaN(copy.data("y").get(0)));
    }

    @Test
    void aCopyKeepsWhatIsReadAndWritten() {
        Args args = Args.of(ClockTick.of()).data("clock", Fill.clock(1, 2, 3)).build();
        Args copy = args.copy();
        ClockTick.of().reference(args);
        assertEquals(1, copy.data("clock").getInt(Clock.STEP));
        assertEquals(2, args.data("clock").getInt(Clock.STEP));
    }

    @Test
    void sizesStandAlone() {
        Args sizes = Args.sizes(dropout, Map.of("count", 70_000, "layer", 40_000));
        assertEquals(70_000, sizes.size("count"));
        assertEquals(2_800_000_000L, sizes.product("count", "layer"));
        assertThrows(NoSuchElementException.class, () -> sizes.data("x"));
        String missing = assertThrows(IllegalArgumentException.class, () -> Args.sizes(dropout, Map.of("count", 3))).getMessage();
        assertEquals("dropout_bf16 has the sizes [count, layer], got {count=3}", missing);
        assertThrows(IllegalArgumentException.class, () -> Args.sizes(dropout, Map.of("count", 3, "layer", 0, "rate", 1)));
    }

    private Args.Builder complete() {
        return Args.of(dropout)
                .out("y", 3).data("x", Data.of(DType.BF16, 1, 2, 3)).data("clock", Fill.clock(0, 0, 0)).data("key", Data.of(DType.I32, 2))
                .size("count", 3).size("layer", 0).scalar("rate", 0.25);
    }

    private static void assertMessage(String expected, Args.Builder builder) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    }
}
