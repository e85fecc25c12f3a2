package org.jengine.runtime.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jengine.runtime.spi.Sha256;

/**
 * NVIDIA's libraries out of the jar {@code org.bytedeco:cuda} of the Maven profile {@code cuda-redist}, for machines that have only the
 * driver. They are unpacked once, into a folder of the user's cache that is named by what is in the jar, so that another jar has another.
 */
final class Redist {
    /** All that one of the libraries needs of the others; each looks for the rest beside itself. */
    private static final Pattern NEEDED = Pattern.compile("lib(cublas|cublasLt|cudnn[a-z_]*|nvrtc(-builtins)?|nvJitLink)\\.so(\\.[0-9]+)*");
    private static final String FOLDER = "org/bytedeco/cuda/linux-x86_64/";
    private static final System.Logger LOG = System.getLogger(Redist.class.getName());

    private final ClassLoader classPath;
    private final Path cache;

    /** @param cache the folder in which the unpacked ones' folder is made */
    Redist(ClassLoader classPath, Path cache) {
        this.classPath = classPath;
        this.cache = cache;
    }

    /**
     * The file, unpacked with all its fellows; empty if the class path has none.
     *
     * @throws IOException if they cannot be unpacked, or the jar is damaged
     */
    Optional<Path> unpacked(String file) throws IOException {
        URL found = classPath.getResource(FOLDER + file);
        if (found == null || !(found.openConnection() instanceof JarURLConnection connection)) {
            return Optional.empty();
        }
        connection.setUseCaches(false);
        try (JarFile jar = connection.getJarFile()) {
            return Optional.of(unpack(jar).resolve(file));
        }
    }

    private static String name(JarEntry entry) {
        return entry.getName().substring(FOLDER.length());
    }

    /** One program at a time, and one thread of it: a lock of a file is the whole program's. */
    private Path unpack(JarFile jar) throws IOException {
        List<JarEntry> entries = jar.stream().filter(e -> e.getName().startsWith(FOLDER) && NEEDED.matcher(name(e)).matches())
                .sorted(Comparator.comparing(JarEntry::getName)).toList();
        String content = entries.stream().map(e -> e.getName() + " " + e.getSize() + " " + e.getCrc()).collect(Collectors.joining("\n"));
        Path folder = cache.resolve("libraries-" + Sha256.hex(content).substring(0, 16));
        synchronized (Redist.class) {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.lock();
                List<JarEntry> missing = new ArrayList<>();
                for (JarEntry entry : entries) {
                    // What has its size was checked when it was unpacked, since it got its name afterwards.
                    Path file = folder.resolve(name(entry));
                    if (!Files.exists(file) || Files.size(file) != entry.getSize()) {
                        missing.add(entry);
                    }
                }
                if (!missing.isEmpty()) {
                    LOG.log(System.Logger.Level.INFO, "unpacking NVIDIA''s libraries, once: {0} MB into {1}",
                            missing.stream().mapToLong(JarEntry::getSize).sum() / 1_000_000, folder);
                }
                for (JarEntry entry : missing) {
                    unpack(jar, entry, folder);
                }
            }
        }
        return folder;
    }

    /** A file has its name once all of it is there and is what the jar says. */
    private static void unpack(JarFile jar, JarEntry entry, Path folder) throws IOException {
        Path file = folder.resolve(name(entry));
        Path part = folder.resolve(name(entry) + ".part");
        try {
            CRC32 sum = new CRC32();
            try (InputStream in = new CheckedInputStream(jar.getInputStream(entry), sum); OutputStream out = Files.newOutputStream(part)) {
                in.transferTo(out);
            }
            if (sum.getValue() != entry.getCrc() || Files.size(part) != entry.getSize()) {
                throw new IOException(jar.getName() + " is damaged: " + entry.getName() + " has another checksum than it states");
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }
}
