package org.jengine.runtime.cuda;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The software CUDA device, which stands in for a GPU where there is none. */
final class SoftCuda {
    private static final int MOST_SECONDS = 300;

    private SoftCuda() {
    }

    /**
     * Builds it if need be.
     *
     * @return the folder of its libraries
     * @throws IOException saying why there is none
     */
    static Path build() throws IOException {
        Path script = root().resolve("ci/softcuda");
        if (!Files.isExecutable(script)) {
            throw new IOException("there is no ci/softcuda in " + root());
        }
        Path log = Files.createTempFile("softcuda", ".log");
        try {
            Process process = new ProcessBuilder(script.toString(), "--build").redirectError(log.toFile()).start();
            process.getOutputStream().close();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("ci/softcuda --build failed: " + Files.readString(log).strip());
            }
            return Path.of(printed);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("ci/softcuda --build was interrupted", e);
        } finally {
            Files.deleteIfExists(log);
        }
    }

    /** The project's folder: tests run in their module's or in a copy of it. */
    private static Path root() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.exists(folder.resolve("ci/pom.xml"))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IOException("the tests do not run inside the project");
        }
        return folder;
    }
}
