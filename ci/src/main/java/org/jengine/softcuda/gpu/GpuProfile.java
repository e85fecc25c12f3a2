package org.jengine.softcuda.gpu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a GPU is: its name, its limits, how fast it is. Profiles are text files with a line {@code KEY = VALUE} for each fact: {@code name},
 * {@code compute} (as in 9.0), {@code memory} (bytes), {@code bandwidth} (bytes a second), {@code flops.TYPE} (operations a second without
 * sparsity), and the driver's device attributes by name, without CU_DEVICE_ATTRIBUTE_, or by number. {@code #} starts a comment.
 */
public final class GpuProfile {
    /** The profiles that are shipped. */
    public static final List<String> NAMES = List.of("h100", "a100", "t4", "rtx4090");

    private static final String REQUIRED_TEXTS = "name compute memory bandwidth flops.f32";
    private static final String REQUIRED_ATTRIBUTES = "MULTIPROCESSOR_COUNT CLOCK_RATE MEMORY_CLOCK_RATE GLOBAL_MEMORY_BUS_WIDTH "
            + "L2_CACHE_SIZE MAX_THREADS_PER_MULTIPROCESSOR MAX_BLOCKS_PER_MULTIPROCESSOR MAX_SHARED_MEMORY_PER_MULTIPROCESSOR "
            + "MAX_SHARED_MEMORY_PER_BLOCK_OPTIN";
    private static final int MAJOR = 75;
    private static final int MINOR = 76;
    private static final double KILO = 1e3;

    private final Map<String, Integer> numbers;
    private final Map<Integer, Integer> attributes = new HashMap<>();
    private final Map<String, Double> flops = new TreeMap<>();
    private String name;
    private int major;
    private int minor;
    private long memory;
    private double bandwidth;

    private GpuProfile(Map<String, Integer> numbers) {
        this.numbers = numbers;
    }

    /** One profile for each name or file between commas: each is a device. */
    public static List<GpuProfile> ofList(String names) {
        List<GpuProfile> all = new ArrayList<>();
        for (String one : names.split(",", -1)) {
            all.add(of(one.strip()));
        }
        return List.copyOf(all);
    }

    /**
     * Reads a profile.
     *
     * @param nameOrFile one of {@link #NAMES}, or a file
     * @throws ProfileException if there is none, or it is no profile; says the file, the line and what to do
     */
    public static GpuProfile of(String nameOrFile) {
        Map<String, Integer> numbers = new HashMap<>();
        new Lines("attributes", resource("attributes")).each((line, key, value) -> numbers.put(key, Integer.parseInt(value)));
        GpuProfile made = new GpuProfile(Map.copyOf(numbers));
        made.read(new Lines("common", resource("common")));
        if (NAMES.contains(nameOrFile)) {
            made.read(new Lines(nameOrFile, resource(nameOrFile)));
        } else {
            Path file = Path.of(nameOrFile);
            try {
                made.read(new Lines(nameOrFile, Files.readString(file)));
            } catch (CharacterCodingException e) {
                throw new ProfileException(nameOrFile + " is no GPU profile: it is not text in UTF-8", e);
            } catch (IOException e) {
                throw new ProfileException("there is no GPU profile " + nameOrFile + "; it is one of " + String.join(", ", NAMES)
                        + ", or a file with lines KEY = VALUE like those in ci/src/main/resources/org/jengine/softcuda/gpu", e);
            }
        }
        made.complete(nameOrFile);
        return made;
    }

    public String name() {
        return name;
    }

    /** The compute capability's first number: 9 of 9.0. */
    public int major() {
        return major;
    }

    public int minor() {
        return minor;
    }

    /** Bytes of device memory. */
    public long memory() {
        return memory;
    }

    /** Bytes a second between the GPU and its memory. */
    public double bandwidth() {
        return bandwidth;
    }

    /** Cycles a second. */
    public double clock() {
        return attribute("CLOCK_RATE") * KILO;
    }

    /**
     * Operations a second, an addition and a multiplication each one; 0 where the GPU cannot do it.
     *
     * @param type f32, f64, f16, bf16, tensor.f16, tensor.bf16, tensor.tf32, tensor.f64
     */
    public double flops(String type) {
        return flops.getOrDefault(type, 0.0);
    }

    /** All that {@link #flops(String)} knows. */
    public Map<String, Double> flops() {
        return Map.copyOf(flops);
    }

    /** A device attribute by its name without CU_DEVICE_ATTRIBUTE_; 0 where the profile says nothing. */
    public int attribute(String attribute) {
        Integer number = numbers.get(attribute);
        if (number == null) {
            throw new IllegalArgumentException("there is no device attribute " + attribute);
        }
        return attributes.getOrDefault(number, 0);
    }

    /** A device attribute by CUdevice_attribute's number; 0 where the profile says nothing. */
    public int attribute(int number) {
        return attributes.getOrDefault(number, 0);
    }

    /** Whether the driver knows an attribute of that number. */
    public boolean knows(int number) {
        return attributes.containsKey(number) || numbers.containsValue(number);
    }

    private void read(Lines lines) {
        lines.each((line, key, value) -> {
            switch (key) {
                case "name" -> name = value;
                case "compute" -> {
                    String[] parts = value.split("\\.");
                    if (parts.length != 2) {
                        throw lines.wrong(line, "compute is two numbers, as in 9.0, not " + value);
                    }
                    major = (int) lines.number(line, key, parts[0]);
                    minor = (int) lines.number(line, key, parts[1]);
                }
                case "memory" -> memory = (long) lines.number(line, key, value);
                case "bandwidth" -> bandwidth = lines.number(line, key, value);
                default -> {
                    if (key.startsWith("flops.")) {
                        flops.put(key.substring("flops.".length()), lines.number(line, key, value));
                    } else {
                        attributes.put(numberOf(lines, line, key), (int) lines.number(line, key, value));
                    }
                }
            }
        });
    }

    private int numberOf(Lines lines, int line, String key) {
        Integer number = numbers.get(key);
        if (number != null) {
            return number;
        }
        if (!key.isEmpty() && key.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return (int) lines.number(line, key, key);
        }
        throw lines.wrong(line, "there is no attribute " + key + "; attributes.properties beside the shipped profiles lists them");
    }

    private void complete(String file) {
        List<String> missing = new ArrayList<>();
        for (String key : REQUIRED_TEXTS.split(" ")) {
            boolean there = switch (key) {
                case "name" -> name != null;
                case "compute" -> major > 0;
                case "memory" -> memory > 0;
                case "bandwidth" -> bandwidth > 0;
                default -> flops("f32") > 0;
            };
            if (!there) {
                missing.add(key);
            }
        }
        for (String key : REQUIRED_ATTRIBUTES.split(" ")) {
            if (attribute(key) <= 0) {
                missing.add(key);
            }
        }
        if (!missing.isEmpty()) {
            throw new ProfileException(file + ": it lacks " + String.join(", ", missing) + "; add a line KEY = VALUE for each", null);
        }
        attributes.put(MAJOR, major);
        attributes.put(MINOR, minor);
    }

    private static String resource(String file) {
        try (InputStream in = GpuProfile.class.getResourceAsStream(file + ".properties")) {
            if (in == null) {
                throw new ProfileException("the profile " + file + " is not beside " + GpuProfile.class.getName(), null);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ProfileException("cannot read the profile " + file, e);
        }
    }
}
