package org.jengine.ci;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Judges static fields: may what they hold change? */
final class StaticState {
    private StaticState() {
    }

    /** Why the field is state, or null if it is a constant. A collection is judged by the object that it holds. */
    static String fault(JavaField field, Set<String> constants) {
        Set<JavaModifier> modifiers = field.getModifiers();
        JavaClass type = field.getRawType();
        if (!modifiers.contains(JavaModifier.FINAL)) {
            return "is not final";
        }
        if (type.isArray()) {
            boolean open = modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
            return open ? "is an array that users could write to"
                    : constant(type.getBaseComponentType(), constants, new HashSet<>()) ? null : "is an array of what may change";
        }
        if (type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class)) {
            Object value = value(field);
            String held = value == null ? "null" : value.getClass().getName();
            return held.startsWith("java.util.ImmutableCollections") || held.startsWith("java.util.Collections$Unmodifiable")
                    || held.startsWith("java.util.Collections$Empty") ? null : "is a " + held + ", not an unmodifiable collection";
        }
        return constant(type, constants, new HashSet<>()) ? null : "is a " + type.getName() + ", which may change";
    }

    /** Primitives, the listed types, enums, and classes of ours whose fields are final and constant in their turn. */
    private static boolean constant(JavaClass type, Set<String> constants, Set<JavaClass> seen) {
        if (type.isPrimitive() || type.isEnum() || constants.contains(type.getName()) || !seen.add(type)) {
            return true;
        }
        if (!type.getPackageName().startsWith("org.jengine.")) {
            return false;
        }
        // What implements an interface of ours is judged where it is declared.
        return type.isInterface() || type.getAllFields().stream().filter(f -> !f.getModifiers().contains(JavaModifier.STATIC))
                .allMatch(f -> f.getModifiers().contains(JavaModifier.FINAL) && constantPart(f.getRawType(), constants, seen));
    }

    private static boolean constantPart(JavaClass type, Set<String> constants, Set<JavaClass> seen) {
        boolean container = type.isArray() || type.isAssignableTo(Collection.class) || type.isAssignableTo(Map.class);
        return container || type.getPackageName().equals("java.util.function") || constant(type, constants, seen);
    }

    private static Object value(JavaField field) {
        try {
            Field reflected = field.reflect();
            reflected.setAccessible(true);
            return reflected.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("cannot read " + field.getFullName(), e);
        }
    }
}
