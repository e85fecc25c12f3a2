package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar laid out as that of NVIDIA's libraries, with other contents. */
class RedistTest {
    private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
    private static final String CUBLAS = "libcublas.so.12";
    private static final Map<String, String> LIBRARIES = Map.of(CUBLAS, "products", "libcublasLt.so.12", "more products",
            "libcudnn.so.9", "convolutions", "libcudnn_graph.so.9", "graphs", "libnvrtc.so.12", "compiler",
            "libnvrtc-builtins.so.12.6", "its own", "libcufft.so.11", "not needed", "libjnicublas.so", "not needed");

    @TempDir
    private Path folder;

    private Path jar(Map<String, String> files) throws IOException {
        Path jar = Files.createTempFile(folder, "redist", ".jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            // Stored, so that a byte can be changed in place.
            out.setMethod(ZipOutputStream.STORED);
            for (Map.Entry<String, String> file : files.entrySet()) {
                byte[] bytes = file.getValue().getBytes(StandardCharsets.UTF_8);
                CRC32 sum = new CRC32();
                sum.update(bytes);
                ZipEntry entry = new ZipEntry(FOLDER + file.getKey());
                entry.setSize(bytes.length);
                entry.setCrc(sum.getValue());
                out.putNextEntry(entry);
                out.write(bytes);
                out.closeEntry();
            }
        }
        return jar;
    }

    private Optional<Path> unpack(Path jar, String file) throws IOException {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null)) {
            return new Redist(loader, folder.resolve("cache")).unpacked(file);
        }
    }

    private static Set<String> names(Path of) throws IOException {
        try (Stream<Path> all = Files.list(of)) {
            return all.map(p -> p.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    @Test
    void theNeededLibrariesAreUnpackedBesideEachOtherOnce() throws IOException {
        Path jar = jar(LIBRARIES);
        Path file = unpack(jar, CUBLAS).orElseThrow();
        assertEquals("products", Files.readString(file));
        assertEquals(Set.of(CUBLAS, "libcublasLt.so.12", "libcudnn.so.9", "libcudnn_graph.so.9", "libnvrtc.so.12",
                "libnvrtc-builtins.so.12.6", "lock"), names(file.getParent()));
        FileTime old = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(file, old);
        assertEquals(file.resolveSibling("libcudnn.so.9"), unpack(jar, "libcudnn.so.9").orElseThrow());
        assertEquals(old, Files.getLastModifiedTime(file), "it was there");
    }

    @Test
    void aFileThatWasCutShortIsUnpackedAnew() throws IOException {
        Path jar = jar(LIBRARIES);
        Path file = unpack(jar, CUBLAS).orElseThrow();
        Files.writeString(file, "prod");
        assertEquals("products", Files.readString(unpack(jar, CUBLAS).orElseThrow()));
    }

    @Test
    void anotherJarHasAFolderOfItsOwn() throws IOException {
        Path one = unpack(jar(Map.of(CUBLAS, "one")), CUBLAS).orElseThrow();
        Path two = unpack(jar(Map.of(CUBLAS, "two")), CUBLAS).orElseThrow();
        assertNotEquals(one, two);
        assertEquals("one", Files.readString(one));
        assertEquals("two", Files.readString(two));
    }

    @Test
    void aDamagedJarIsNamedAndLeavesNothing() throws IOException {
        Path jar = jar(Map.of(CUBLAS, "products"));
        String bytes = Files.readString(jar, StandardCharsets.ISO_8859_1);
        Files.writeString(jar, bytes.replace("products", "pro-ucts"), StandardCharsets.ISO_8859_1);
        IOException e = assertThrows(IOException.class, () -> unpack(jar, CUBLAS));
        assertTrue(e.getMessage().contains(jar + " is damaged: " + FOLDER + CUBLAS), e.getMessage());
        try (Stream<Path> all = Files.walk(folder.resolve("cache"))) {
            assertFalse(all.anyMatch(p -> p.getFileName().toString().startsWith("lib") && Files.isRegularFile(p)));
        }
    }

    @Test
    void aClassPathWithoutTheJarHasNone() throws IOException {
        assertEquals(Optional.empty(), unpack(jar(Map.of("other.so", "")), CUBLAS));
    }

    @Test
    void manyAtOnceDoNotDisturbEachOther() throws Exception {
        Path jar = jar(LIBRARIES);
        List<Thread> threads = IntStream.range(0, 4).mapToObj(i -> new Thread(() -> {
            try {
                unpack(jar, CUBLAS);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        })).toList();
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        threads.forEach(t -> t.setUncaughtExceptionHandler((thread, e) -> failures.add(e)));
        threads.forEach(Thread::start);
        for (Thread t : threads) {
            t.join();
        }
        assertArrayEquals(new Object[0], failures.toArray());
        assertEquals("products", Files.readString(unpack(jar, CUBLAS).orElseThrow()));
    }
}
