package org.jengine.ci;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.conditions.ArchConditions.accessField;
import static com.tngtech.archunit.lang.conditions.ArchConditions.never;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Set;

/** House rules about compiled classes. Each is a function of the classes it binds, so that a test can aim it at an offender. */
final class Rules {
    /** What may be shared by all users of a library: values that nobody can change. */
    private static final Set<String> CONSTANTS = Set.of("java.lang.String", "java.lang.Class", "java.lang.System$Logger",
            "java.lang.invoke.VarHandle", "java.lang.invoke.MethodHandle", "java.util.regex.Pattern", "java.nio.charset.Charset",
            "java.nio.ByteOrder", "java.util.Locale", "java.time.Duration", "java.math.BigDecimal", "java.math.BigInteger",
            "java.nio.file.Path", "java.lang.Integer", "java.lang.Long", "java.lang.Float", "java.lang.Double", "java.lang.Boolean",
            "java.util.HexFormat");

    private Rules() {
    }

    /** {@code from} uses none of these packages. */
    static ArchRule uses(DescribedPredicate<JavaClass> from, String... nothingOf) {
        return noClasses().that(from).should().dependOnClassesThat().resideInAnyPackage(nothingOf);
    }

    /** {@code from} uses nothing but these packages. */
    static ArchRule usesOnly(DescribedPredicate<JavaClass> from, String... these) {
        return classes().that(from).should().onlyDependOnClassesThat(resideInAnyPackage(these).or(describe("are arrays of primitives",
                c -> c.isArray() && c.getBaseComponentType().isPrimitive())).or(describe("are primitive", JavaClass::isPrimitive)));
    }

    static ArchRule doNotExit(DescribedPredicate<JavaClass> these) {
        return noClasses().that(these).should().callMethodWhere(target(owner(name("java.lang.System").or(name("java.lang.Runtime"))))
                .and(target(name("exit").or(name("halt")))));
    }

    static ArchRule doNotPrint(DescribedPredicate<JavaClass> these) {
        return classes().that(these).should(never(accessField(System.class, "out").or(accessField(System.class, "err"))))
                .andShould(never(callPrintStackTrace()));
    }

    static ArchRule logThroughSystemLogger(DescribedPredicate<JavaClass> these) {
        return uses(these, "java.util.logging..", "org.slf4j..", "org.apache.log4j..", "org.apache.logging..",
                "org.apache.commons.logging..");
    }

    static ArchRule freeNothingByCollector(DescribedPredicate<JavaClass> these) {
        return noClasses().that(these).should().dependOnClassesThat().haveFullyQualifiedName("java.lang.ref.Cleaner")
                .orShould().dependOnClassesThat().areAssignableTo("java.lang.ref.PhantomReference").orShould(declareFinalizer());
    }

    static ArchRule serializeNothing(DescribedPredicate<JavaClass> these) {
        return noClasses().that(these).should().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould().dependOnClassesThat().haveFullyQualifiedName("java.io.ObjectOutputStream");
    }

    static ArchRule throwUnchecked(DescribedPredicate<JavaClass> these) {
        DescribedPredicate<JavaClass> seen = describe("others see", c -> !Modifier.isPrivate(c.reflect().getModifiers()));
        return classes().that(these).and().areAssignableTo(Throwable.class).and(seen).should().beAssignableTo(RuntimeException.class);
    }

    static ArchRule declareNoCheckedException(DescribedPredicate<JavaClass> these) {
        return methods().that().areDeclaredInClassesThat(these).and().arePublic().should(declareUncheckedOnly());
    }

    static ArchRule holdNoStaticState(DescribedPredicate<JavaClass> these) {
        return fields().that().areDeclaredInClassesThat(these).and().areStatic()
                .and(describe("are written in the source", f -> !f.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !f.getName().startsWith("$")))
                .should(beConstant());
    }

    static DescribedPredicate<JavaClass> in(String... packages) {
        return resideInAnyPackage(packages);
    }

    /** The classes of a module: those below its package. */
    static DescribedPredicate<JavaClass> module(String name) {
        return resideInAPackage("org.jengine." + name + "..");
    }

    /** All but one class and what is nested in it. */
    static DescribedPredicate<JavaClass> allBut(String... classNames) {
        List<String> names = List.of(classNames);
        return not(describe("are " + String.join(" or ", names) + " or nested in it",
                c -> names.stream().anyMatch(n -> c.getName().equals(n) || c.getName().startsWith(n + "$"))));
    }

    private static ArchCondition<JavaClass> callPrintStackTrace() {
        return new ArchCondition<>("call printStackTrace") {
            @Override
            public void check(JavaClass c, ConditionEvents events) {
                c.getMethodCallsFromSelf().stream().filter(m -> m.getName().equals("printStackTrace"))
                        .forEach(m -> events.add(SimpleConditionEvent.satisfied(c, m.getDescription())));
            }
        };
    }

    private static ArchCondition<JavaClass> declareFinalizer() {
        return new ArchCondition<>("declare a finalizer") {
            @Override
            public void check(JavaClass c, ConditionEvents events) {
                boolean declared = c.tryGetMethod("finalize").isPresent();
                events.add(new SimpleConditionEvent(c, declared, c.getName() + (declared ? " declares finalize()" : " does not")));
            }
        };
    }

    private static ArchCondition<JavaMethod> declareUncheckedOnly() {
        return new ArchCondition<>("declare unchecked exceptions only") {
            @Override
            public void check(JavaMethod method, ConditionEvents events) {
                method.getThrowsClause().stream().filter(t -> !t.getRawType().isAssignableTo(RuntimeException.class))
                        .forEach(t -> events.add(SimpleConditionEvent.violated(method, method.getFullName() + " throws "
                                + t.getRawType().getName())));
            }
        };
    }

    private static ArchCondition<JavaField> beConstant() {
        return new ArchCondition<>("be final and of a type that cannot change") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                String fault = StaticState.fault(field, CONSTANTS);
                if (fault != null) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " " + fault + " "
                            + field.getSourceCodeLocation()));
                }
            }
        };
    }
}
