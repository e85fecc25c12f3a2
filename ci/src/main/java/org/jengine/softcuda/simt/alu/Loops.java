package org.jengine.softcuda.simt.alu;

import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Makes bodies of functions of one lane. Every function gets a copy of its shape's loop as a class of its own, in which it is a constant:
 * so the compiler sees through it, however deeply it is composed, and turns the loop into vector instructions. One loop for all
 * functions would call through a table for each lane, which is ten times slower.
 */
final class Loops {
    private static final Map<Character, Kind> KINDS = Map.of('I', Kind.I32, 'L', Kind.I64, 'F', Kind.F32, 'D', Kind.F64, 'P', Kind.PRED);

    private Loops() {
    }

    /**
     * A form that applies a function lane by lane.
     *
     * @param shape the function's type, whose name tells the kinds, as {@code LofII} does
     */
    static <T> Form form(Class<T> shape, T function) {
        List<Kind> kinds = kinds(shape);
        return new Form(kinds.subList(0, 1), kinds.subList(1, kinds.size()), false, false, false, body(shape, function));
    }

    /** The result's kind and those of the sources. */
    static List<Kind> kinds(Class<?> shape) {
        return shape.getSimpleName().replace("of", "").chars().mapToObj(c -> KINDS.get((char) c)).toList();
    }

    static <T> Body body(Class<T> shape, T function) {
        String loop = shape.getName() + "$Loop";
        try (InputStream code = Loops.class.getResourceAsStream("/" + loop.replace('.', '/') + ".class")) {
            Object body = MethodHandles.lookup().defineHiddenClassWithClassData(code.readAllBytes(), function, true)
                    .lookupClass().getDeclaredConstructor().newInstance();
            return (Body) body;
        } catch (IOException | ReflectiveOperationException e) {
            throw new IllegalStateException("cannot copy " + loop, e);
        }
    }

    /** The function that a copy was made for; null in the class that is copied. */
    static <T> T function(MethodHandles.Lookup copy, Class<T> shape) {
        try {
            return MethodHandles.classData(copy, "_", shape);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What is made once, when it is first asked for: most forms are never used by a program. */
    static final class Once<T> {
        private final Supplier<T> make;
        private T made;

        Once(Supplier<T> make) {
            this.make = make;
        }

        synchronized T get() {
            if (made == null) {
                made = make.get();
            }
            return made;
        }
    }
}
