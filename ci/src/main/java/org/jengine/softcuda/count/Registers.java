package org.jengine.softcuda.count;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.softcuda.ptx.Function;
import org.jengine.softcuda.ptx.PtxModule;

/** How many registers kernels need, by the real assembler: ptxas if there is one, else jcuda's compiler, else nobody knows. */
public class Registers {
    private static final Pattern ENTRY = Pattern.compile("entry function '([^']+)'|Used (\\d+) registers");
    private static final Pattern TARGET = Pattern.compile("(?m)^\\s*\\.target\\s+(sm_\\w+)");
    private static final int SECONDS = 60;

    private final Machine machine;
    private final Set<String> modules = new LinkedHashSet<>();

    Registers(Machine machine) {
        this.machine = machine;
    }

    void add(String ptx) {
        modules.add(ptx);
    }

    /** Registers by kernel; kernels that no assembler took are missing. */
    Map<String, Integer> find() {
        Map<String, Integer> found = new HashMap<>();
        modules.forEach(ptx -> ask(ptx, machine.major(), machine.minor(), found));
        return found;
    }

    /**
     * Registers by kernel on a GPU of that compute capability; an estimate for those that no assembler took.
     *
     * @param ptx the text of the module
     */
    public static Map<String, Integer> of(String ptx, PtxModule module, int major, int minor) {
        Map<String, Integer> found = new HashMap<>();
        ask(ptx, major, minor, found);
        for (Function function : module.functions()) {
            if (function.entry()) {
                found.computeIfAbsent(function.name(), name -> RegisterEstimate.of(module, name));
            }
        }
        return found;
    }

    private static void ask(String ptx, int major, int minor, Map<String, Integer> found) {
        List<String> targets = new ArrayList<>(List.of("sm_" + major + minor));
        Matcher own = TARGET.matcher(ptx);
        if (own.find() && !targets.contains(own.group(1))) {
            targets.add(own.group(1));
        }
        for (String target : targets) {
            String log = known(ptx, target);
            if (log == null || !log.contains("registers")) {
                log = PtxCompiler.assemble(ptx, target);
            }
            if (log != null && parse(log, found)) {
                break;
            }
        }
    }

    /** As {@link #assemble}, which takes seconds for a long text and is then kept: every program of a test run loads the same ones. */
    private static String known(String ptx, String target) {
        // The device's own program runs from the one folder of its classes.
        Path classes = Path.of(System.getProperty("java.class.path").replace(File.pathSeparatorChar, '_')).toAbsolutePath();
        if (!Files.isDirectory(classes)) {
            return assemble(ptx, target);
        }
        Path folder = classes.resolveSibling("registers");
        Path file = folder.resolve(target + "-" + sha256(ptx) + ".log");
        try {
            if (Files.exists(file)) {
                return Files.readString(file);
            }
            String log = assemble(ptx, target);
            if (log != null && !log.isEmpty()) {
                Files.createDirectories(folder);
                Path part = Files.createTempFile(folder, "part", ".log");
                Files.writeString(part, log);
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
            return log;
        } catch (IOException e) {
            return assemble(ptx, target);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** What the assembler says, or null if there is none. */
    private static String assemble(String ptx, String target) {
        try {
            Path folder = Files.createTempDirectory("softcuda");
            Path text = folder.resolve("module.ptx");
            Path code = folder.resolve("module.cubin");
            try {
                Files.writeString(text, ptx);
                Process process = new ProcessBuilder("ptxas", "-v", "-arch=" + target, text.toString(), "-o", code.toString())
                        .redirectErrorStream(true).start();
                process.getOutputStream().close();
                String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                return process.waitFor(SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0 ? log : "";
            } finally {
                Files.deleteIfExists(code);
                Files.deleteIfExists(text);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Takes the registers out of an assembler's log; returns whether there were any. */
    static boolean parse(String log, Map<String, Integer> into) {
        Matcher matcher = ENTRY.matcher(log);
        String kernel = null;
        boolean any = false;
        while (matcher.find()) {
            if (matcher.group(1) != null) {
                kernel = matcher.group(1);
            } else if (kernel != null) {
                into.put(kernel, Integer.parseInt(matcher.group(2)));
                kernel = null;
                any = true;
            }
        }
        return any;
    }
}
