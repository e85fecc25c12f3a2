package org.jengine.ci;

import com.sun.source.tree.CatchTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.lang.model.element.Modifier;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** What the source of one Java file says that its class file does not: comments, catch clauses as written, names. */
final class JavaFile {
    private static final Pattern THROWABLE = Pattern.compile("\\bThrowable\\b");

    private final String name;
    private final DocTrees docs;
    private final CompilationUnitTree unit;

    private JavaFile(String name, DocTrees docs, CompilationUnitTree unit) {
        this.name = name;
        this.docs = docs;
        this.unit = unit;
    }

    static JavaFile of(Path file) {
        return of(Project.name(file), Project.read(file));
    }

    /** @param name what messages call the file by */
    static JavaFile of(String name, String text) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        JavaFileObject source = new SimpleJavaFileObject(URI.create("string:///Source.java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return text;
            }
        };
        JavacTask task = (JavacTask) compiler.getTask(null, null, diagnostics, List.of("-proc:none"), null, List.of(source));
        try {
            CompilationUnitTree unit = task.parse().iterator().next();
            if (!diagnostics.getDiagnostics().isEmpty()) {
                throw new IllegalStateException(name + ": " + diagnostics.getDiagnostics());
            }
            return new JavaFile(name, DocTrees.instance(task), unit);
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }

    String packageName() {
        return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
    }

    /**
     * Public types, and methods that a public interface declares, without a comment; places as {@code file:line name}. A method without
     * parameters that gives a value is its own description.
     */
    List<String> undocumented() {
        List<String> found = new ArrayList<>();
        new TreePathScanner<Void, Boolean>() {
            /** {@code visible}: whether the type around is part of what users see. */
            @Override
            public Void visitClass(ClassTree type, Boolean visible) {
                Tree around = getCurrentPath().getParentPath().getLeaf();
                boolean inInterface = around.getKind() == Tree.Kind.INTERFACE;
                boolean seen = visible && (type.getModifiers().getFlags().contains(Modifier.PUBLIC) || inInterface)
                        && !type.getSimpleName().isEmpty();
                if (seen && docs.getDocComment(getCurrentPath()) == null) {
                    found.add(place(type) + " type " + type.getSimpleName());
                }
                return super.visitClass(type, seen);
            }

            @Override
            public Void visitMethod(MethodTree method, Boolean visible) {
                boolean declared = getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE
                        && !method.getModifiers().getFlags().contains(Modifier.PRIVATE);
                boolean needed = visible && declared && !accessor(method) && !overrides(method.getModifiers());
                if (needed && docs.getDocComment(getCurrentPath()) == null) {
                    found.add(place(method) + " method " + method.getName());
                }
                return super.visitMethod(method, false);
            }
        }.scan(unit, true);
        return found;
    }

    /** Catch clauses that name {@code Throwable}; a compiled class cannot tell them from try-with-resources. */
    List<String> catchesThrowable() {
        List<String> found = new ArrayList<>();
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitCatch(CatchTree clause, Void unused) {
                if (THROWABLE.matcher(clause.getParameter().getType().toString()).find()) {
                    found.add(place(clause));
                }
                return super.visitCatch(clause, unused);
            }
        }.scan(unit, null);
        return found;
    }

    /** Literals, strings in their quotes, and plain names in the code, comments left out, that {@code pattern} finds something in. */
    List<String> words(Pattern pattern) {
        List<String> found = new ArrayList<>();
        new TreePathScanner<Void, Void>() {
            @Override
            public Void visitLiteral(LiteralTree literal, Void unused) {
                String value = String.valueOf(literal.getValue());
                note(literal, literal.getKind() == Tree.Kind.STRING_LITERAL ? "\"" + value + "\"" : value);
                return null;
            }

            @Override
            public Void visitIdentifier(IdentifierTree identifier, Void unused) {
                note(identifier, identifier.getName().toString());
                return null;
            }

            private void note(Tree tree, String word) {
                if (pattern.matcher(word).find()) {
                    found.add(place(tree) + " " + word);
                }
            }
        }.scan(unit, null);
        return found;
    }

    private static boolean accessor(MethodTree method) {
        return method.getParameters().isEmpty() && !"void".equals(String.valueOf(method.getReturnType()));
    }

    private static boolean overrides(ModifiersTree modifiers) {
        return modifiers.getAnnotations().stream().anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
    }

    private String place(Tree tree) {
        return name + ":" + unit.getLineMap().getLineNumber(docs.getSourcePositions().getStartPosition(unit, tree));
    }
}
