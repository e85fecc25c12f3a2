package org.jengine.ci;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.base.DescribedPredicate;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Each rule is aimed at a class that breaks it and at one that keeps it: a rule that lets everything pass protects nothing. */
class RulesTest {
    private static final DescribedPredicate<JavaClass> ALL = describe("any", c -> true);

    @Test
    void usesOtherPackages() {
        bites(Rules.uses(ALL, "java.lang.ref.."), Frees.class);
        passes(Rules.uses(ALL, "java.lang.ref.."), Clean.class);
        bites(Rules.usesOnly(ALL, "java.lang..", "org.jengine.."), Clean.class);
        passes(Rules.usesOnly(ALL, "java..", "org.jengine.."), Clean.class);
    }

    @Test
    void exitsAndPrints() {
        bites(Rules.doNotExit(ALL), Exits.class);
        bites(Rules.doNotExit(ALL), Halts.class);
        passes(Rules.doNotExit(ALL), Clean.class);
        bites(Rules.doNotPrint(ALL), Prints.class);
        bites(Rules.doNotPrint(ALL), PrintsTrace.class);
        passes(Rules.doNotPrint(ALL), Clean.class);
    }

    @Test
    void frees() {
        bites(Rules.freeNothingByCollector(ALL), Frees.class);
        bites(Rules.freeNothingByCollector(ALL), Finalizes.class);
        passes(Rules.freeNothingByCollector(ALL), Clean.class);
    }

    @Test
    void logsAndSerializes() {
        bites(Rules.logThroughSystemLogger(ALL), Logs.class);
        passes(Rules.logThroughSystemLogger(ALL), Clean.class);
        bites(Rules.serializeNothing(ALL), Reads.class);
        passes(Rules.serializeNothing(ALL), Clean.class);
    }

    @Test
    void throwsChecked() {
        bites(Rules.throwUnchecked(ALL), Checked.class);
        passes(Rules.throwUnchecked(ALL), Unchecked.class);
        passes(Rules.throwUnchecked(ALL).allowEmptyShould(true), Private.class);
        bites(Rules.declareNoCheckedException(ALL), Reads.class);
        passes(Rules.declareNoCheckedException(ALL), Clean.class);
    }

    @Test
    void holdsState() {
        for (Class<?> offender : List.of(NotFinal.class, Counter.class, Cache.class, Growing.class, OpenArray.class, Local.class,
                OwnMutable.class)) {
            bites(Rules.holdNoStaticState(ALL), offender);
        }
        passes(Rules.holdNoStaticState(ALL), Clean.class);
    }

    private static void bites(ArchRule rule, Class<?> offender) {
        assertTrue(rule.evaluate(new ClassFileImporter().importClasses(offender)).hasViolation(),
                () -> rule.getDescription() + " lets " + offender.getSimpleName() + " pass");
    }

    private static void passes(ArchRule rule, Class<?> clean) {
        assertFalse(rule.evaluate(new ClassFileImporter().importClasses(clean)).hasViolation(),
                () -> String.valueOf(rule.evaluate(new ClassFileImporter().importClasses(clean)).getFailureReport()));
    }

    static final class Clean {
        static final System.Logger LOG = System.getLogger("clean");
        static final List<String> NAMES = List.of("a");
        static final Map<String, Integer> NUMBERS = Collections.unmodifiableMap(new ConcurrentHashMap<>(Map.of("a", 1)));
        static final Thread.State STATE = Thread.State.NEW;
        static final Point ORIGIN = new Point(0, 0);
        private static final float[] TABLE = {1, 2};

        private Clean() {
        }

        public static float first() {
            assert TABLE.length > 0;
            return TABLE[0];
        }
    }

    record Point(int x, int y) {
    }

    static final class Exits {
        static void go() {
            System.exit(1);
        }
    }

    static final class Halts {
        static void go() {
            Runtime.getRuntime().halt(1);
        }
    }

    static final class Prints {
        static void go() {
            System.err.println("x");
        }
    }

    static final class PrintsTrace {
        static void go() {
            new IllegalStateException().printStackTrace();
        }
    }

    static final class Frees {
        final Cleaner cleaner = Cleaner.create();
    }

    static final class Finalizes {
        @Override
        @SuppressWarnings({"deprecation", "removal"})
        protected void finalize() {
        }
    }

    static final class Logs {
        final java.util.logging.Logger log = java.util.logging.Logger.getLogger("x");
    }

    static final class Reads {
        public static Object go(InputStream in) throws IOException, ClassNotFoundException {
            return new ObjectInputStream(in).readObject();
        }
    }

    static final class Checked extends Exception {
    }

    private static final class Private extends Exception {
    }

    static final class Unchecked extends RuntimeException {
    }

    static final class NotFinal {
        static int count;
    }

    static final class Counter {
        static final AtomicInteger COUNT = new AtomicInteger();
    }

    static final class Cache {
        static final Map<String, String> CACHE = new ConcurrentHashMap<>();
    }

    static final class Growing {
        static final List<String> NAMES = new ArrayList<>();
    }

    static final class OpenArray {
        public static final int[] TABLE = {1};
    }

    static final class Local {
        static final ThreadLocal<String> LOCAL = new ThreadLocal<>();
    }

    static final class OwnMutable {
        static final Box BOX = new Box();
    }

    static final class Box {
        int content;
    }
}
