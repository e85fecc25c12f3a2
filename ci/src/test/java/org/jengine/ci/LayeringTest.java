package org.jengine.ci;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static org.jengine.ci.Rules.allBut;
import static org.jengine.ci.Rules.in;
import static org.jengine.ci.Rules.module;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** The modules see only those before them, bindings stay behind the checked classes, and libraries keep the house rules. */
class LayeringTest {
    private static final List<String> LAYERS = List.of("kernels", "runtime", "nn", "cifar", "bench");
    private static final List<String> LIBRARIES = Project.LIBRARIES;
    /** The only classes that see a native binding; each wraps one library. */
    private static final String[] CHECKED = {"org.jengine.runtime.host.Dnnl", "org.jengine.runtime.opencl.Cl",
        "org.jengine.runtime.cuda.Cu", "org.jengine.runtime.cuda.Blas", "org.jengine.runtime.cuda.Dnn"};
    private static final DescribedPredicate<JavaClass> ANY = describe("are ours", c -> true);
    private static final DescribedPredicate<JavaClass> LIBRARY = in("org.jengine.kernels..", "org.jengine.runtime..", "org.jengine.nn..");

    private static JavaClasses ours;

    @BeforeAll
    static void readClasses() {
        ours = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("org.jengine");
    }

    @ParameterizedTest
    @FieldSource("LAYERS")
    void aModuleSeesOnlyThoseBeforeIt(String layer) {
        assertFalse(ours.that(module(layer)).isEmpty(), "no class of " + layer + " is on the class path");
        for (String later : LAYERS.subList(LAYERS.indexOf(layer) + 1, LAYERS.size())) {
            check(Rules.uses(module(layer), "org.jengine." + later + ".."));
        }
    }

    @Test
    void kernelsUseNothingButTheJdk() {
        check(Rules.usesOnly(module("kernels"), "java..", "org.jengine.kernels.."));
    }

    @Test
    void nnUsesNoBackendAndNoLibraryButJson() {
        check(Rules.usesOnly(module("nn"), "java..", "org.jengine.kernels", "org.jengine.runtime", "org.jengine.nn..",
                "com.fasterxml.jackson.."));
    }

    @Test
    void bindingsAreSeenByCheckedClassesOnly() {
        check(Rules.uses(allBut(CHECKED), "org.bytedeco..", "org.jocl..", "jcuda.."));
    }

    @Test
    void aLibraryOfCudasIsSeenByItsOwnCheckedClassOnly() {
        check(Rules.uses(allBut("org.jengine.runtime.cuda.Blas"), "jcuda.jcublas.."));
        check(Rules.uses(allBut("org.jengine.runtime.cuda.Cu"), "jcuda.driver.JCudaDriver"));
    }

    @Test
    void offHeapMemoryIsTheRuntimesAffair() {
        check(Rules.uses(describe("are not of runtime", c -> !module("runtime").test(c)), "org.lwjgl.."));
    }

    @Test
    void backendsDoNotSeeEachOther() {
        for (String backend : List.of("host", "cuda", "opencl")) {
            for (String other : List.of("host", "cuda", "opencl")) {
                if (!backend.equals(other)) {
                    check(Rules.uses(module("runtime." + backend), "org.jengine.runtime." + other + "..").allowEmptyShould(true));
                }
            }
        }
        check(Rules.uses(in("org.jengine.runtime"), "org.jengine.runtime.host..", "org.jengine.runtime.cuda..",
                "org.jengine.runtime.opencl.."));
    }

    @Test
    void onlyTheCommandLineExits() {
        // A second Ctrl-C halts: the hook that runs then cannot exit.
        check(Rules.doNotExit(allBut("org.jengine.cifar.cli.Main", "org.jengine.cifar.cli.Interrupt")));
    }

    @Test
    void librariesPrintNothing() {
        check(Rules.doNotPrint(LIBRARY));
    }

    @Test
    void loggingGoesThroughTheSystemLogger() {
        check(Rules.logThroughSystemLogger(ANY));
    }

    @Test
    void nothingIsFreedByTheCollector() {
        check(Rules.freeNothingByCollector(ANY));
    }

    @Test
    void nothingIsSerialized() {
        check(Rules.serializeNothing(ANY));
    }

    @Test
    void exceptionsAreUnchecked() {
        check(Rules.throwUnchecked(ANY));
    }

    @ParameterizedTest
    @FieldSource("LIBRARIES")
    void librariesDeclareNoCheckedException(String module) {
        check(Rules.declareNoCheckedException(module(module)));
    }

    @ParameterizedTest
    @FieldSource("LIBRARIES")
    void librariesHoldNoStaticState(String module) {
        check(Rules.holdNoStaticState(module(module)));
    }

    private static void check(ArchRule rule) {
        rule.check(ours);
    }
}
