package org.jengine.ci;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The project's own files, as these tests see them. */
final class Project {
    static final List<String> MODULES = List.of("kernels", "runtime", "nn", "cifar", "bench", "ci");
    /** The modules that other programs embed. */
    static final List<String> LIBRARIES = List.of("kernels", "runtime", "nn");

    private static final Set<String> NOT_OURS = Set.of("target", "runs", ".git", ".idea", ".vscode", ".settings", "node_modules",
            "__pycache__", ".venv");

    private Project() {
    }

    /** The folder of the root pom. */
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (at != null && !(Files.exists(at.resolve("LICENSE")) && Files.exists(at.resolve("ci/check")))) {
            at = at.getParent();
        }
        if (at == null) {
            throw new IllegalStateException("the tests must run inside the project, not in " + Path.of("").toAbsolutePath());
        }
        return at;
    }

    /** Path below the root with slashes, for messages and lists. */
    static String name(Path file) {
        return root().relativize(file).toString().replace('\\', '/');
    }

    /** All files but what the build, the runs and editors make. */
    static List<Path> files() {
        return files(root());
    }

    /** The Java files of a module: {@code part} is {@code main} or {@code test}. */
    static List<Path> java(String module, String part) {
        Path folder = root().resolve(module).resolve("src").resolve(part).resolve("java");
        return Files.isDirectory(folder) ? files(folder).stream().filter(f -> f.toString().endsWith(".java")).toList() : List.of();
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static List<Path> files(Path folder) {
        List<Path> found = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
                    boolean skip = !dir.equals(folder) && NOT_OURS.contains(dir.getFileName().toString());
                    return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    // In a git worktree .git is a file.
                    if (attributes.isRegularFile() && !NOT_OURS.contains(file.getFileName().toString())) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + folder, e);
        }
        return found.stream().sorted().toList();
    }
}
