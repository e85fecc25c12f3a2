package org.jengine.cifar.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jengine.runtime.cuda.PlanCheck;

/**
 * A GPU that need not be there.
 *
 * @param name  the maker's name for it
 * @param major of its compute capability
 * @param json  its description, as cuDNN takes it
 */
record PlannedGpu(String name, int major, String json) {
    private static final List<String> WORDS = List.of("deviceName");
    private static final List<String> LISTS = List.of("maxGridSize", "maxBlockSize");
    /** {@code deviceVer} is 900 for compute capability 9.0. */
    private static final int PER_MAJOR = 100;

    /**
     * One of those that come along, or what a file describes.
     *
     * @throws UsageException if there is none, or the description lacks something
     */
    static PlannedGpu find(String gpu, Console console) {
        if (PlanCheck.KNOWN.contains(gpu)) {
            return read(gpu, PlanCheck.describe(gpu));
        }
        Path file = console.path(gpu);
        try {
            return read(gpu, Files.readString(file));
        } catch (NoSuchFileException e) {
            throw new UsageException("--gpu: no GPU '" + gpu + "' comes along (" + String.join(", ", PlanCheck.KNOWN)
                    + "), and there is no such file", e);
        } catch (IOException e) {
            throw new UsageException("--gpu: " + gpu + " cannot be read: " + e, e);
        }
    }

    private static PlannedGpu read(String from, String json) {
        JsonNode all;
        try {
            all = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new UsageException("--gpu: " + from + " is no JSON: " + e.getOriginalMessage()
                    + (e.getLocation() == null ? "" : ", line " + e.getLocation().getLineNr()), e);
        }
        for (String key : PlanCheck.KEYS) {
            JsonNode value = all.path(key);
            boolean right = WORDS.contains(key) ? value.isTextual()
                    : LISTS.contains(key) ? value.isArray() && value.size() == 3 : value.isIntegralNumber();
            if (!right) {
                throw new UsageException("--gpu: " + from + (value.isMissingNode() ? " lacks " : " has no sense in ") + key
                        + ", which must be "
                        + (WORDS.contains(key) ? "a text" : LISTS.contains(key) ? "three whole numbers" : "a whole number")
                        + "; h100.json of this program shows all " + PlanCheck.KEYS.size());
            }
        }
        return new PlannedGpu(all.path("deviceName").asText(), all.path("deviceVer").asInt() / PER_MAJOR, json);
    }
}
