package org.jengine.runtime.cuda;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folders in which CUDA's libraries may lie.
 *
 * @param named   the one that the user names; null if none
 * @param loader  those that the system's loader looks into, as far as they are known by name
 * @param toolkit those of installed toolkits, the newest first
 */
record Places(Path named, List<Path> loader, List<Path> toolkit) {
    private static final List<String> SYSTEM = List.of("lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib64", "usr/lib64",
            "usr/lib");
    private static final List<String> IN_TOOLKIT = List.of("lib64", "targets/x86_64-linux/lib");

    /**
     * Those of a machine.
     *
     * @param folder      that the user names; empty for none
     * @param environment variables
     * @param root        of the file system
     */
    static Places of(String folder, Map<String, String> environment, Path root) {
        List<Path> loader = new ArrayList<>();
        for (String entry : environment.getOrDefault("LD_LIBRARY_PATH", "").split(File.pathSeparator)) {
            path(entry).ifPresent(loader::add);
        }
        SYSTEM.forEach(s -> loader.add(root.resolve(s)));
        List<Path> toolkit = new ArrayList<>();
        for (Path home : toolkits(root.resolve("usr/local"))) {
            IN_TOOLKIT.forEach(s -> toolkit.add(home.resolve(s)));
        }
        return new Places(folder.isEmpty() ? null : Path.of(folder).toAbsolutePath(), List.copyOf(loader), List.copyOf(toolkit));
    }

    /** The loader passes over what can be no folder, and so may we. */
    private static Optional<Path> path(String entry) {
        try {
            return entry.isEmpty() ? Optional.empty() : Optional.of(Path.of(entry).toAbsolutePath());
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    /** {@code cuda} is a link to the one that was chosen; the others are {@code cuda-12.6} and the like. */
    private static List<Path> toolkits(Path local) {
        try (Stream<Path> all = Files.list(local)) {
            return all.filter(p -> p.getFileName().toString().matches("cuda(-[0-9.]+)?"))
                    .sorted(Comparator.comparing(p -> numbers(p.getFileName().toString()), (a, b) -> -Arrays.compare(a, b))).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static int[] numbers(String name) {
        return name.equals("cuda") ? new int[] {Integer.MAX_VALUE}
                : Arrays.stream(name.replace("cuda-", "").split("\\.")).filter(s -> s.matches("[0-9]{1,6}")).mapToInt(Integer::parseInt)
                .toArray();
    }

    /** Every copy of a file, once however many links lead to it, in the order of the search. */
    List<Path> copies(String file) {
        Map<Path, Path> byFile = new LinkedHashMap<>();
        List<Path> folders = new ArrayList<>(named == null ? List.of() : List.of(named));
        folders.addAll(loader);
        folders.addAll(toolkit);
        for (Path folder : folders) {
            Path copy = folder.resolve(file);
            if (Files.exists(copy)) {
                byFile.putIfAbsent(real(copy), copy);
            }
        }
        return List.copyOf(byFile.values());
    }

    /** The file itself, behind all links. */
    static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file.toAbsolutePath().normalize();
        }
    }

    /** The first toolkit that holds the file. */
    Optional<Path> inToolkit(String file) {
        return toolkit.stream().map(f -> f.resolve(file)).filter(Files::exists).findFirst();
    }
}
