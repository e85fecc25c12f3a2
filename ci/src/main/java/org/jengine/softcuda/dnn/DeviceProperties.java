package org.jengine.softcuda.dnn;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A GPU that need not be there, as cuDNN's planner is told of it.
 *
 * @param capability ten times the major number and the minor one
 */
record DeviceProperties(int capability, String json) {
    private static final List<String> KEYS = List.of("maxGridSize", "maxBlockSize", "deviceName", "cudaDeviceId", "deviceVer",
            "multiProcessorCount", "driverVer", "maxSharedMemoryPerBlockOptin", "maxSharedMemoryPerBlock", "totalGlobalMem", "l2CacheSize",
            "smClockRateKHz", "memClockRateKHz", "warpSize", "regsPerBlock", "maxRegistersPerSM", "reservedSharedMemoryPerBlock",
            "pciDeviceId", "maxCtasPerSM", "maxThreadsPerBlock", "maxThreadsPerSM", "supportCoopLaunch", "isTccDriver");
    private static final int LEAST_VERSION = 100;

    /** @throws DnnError naming the first key that is missing */
    static DeviceProperties parse(String json) {
        for (String key : KEYS) {
            Status.BAD_PARAM.unless(value(json, key) != null, "CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION: key '" + key + "' not found");
        }
        Matcher number = Pattern.compile("\\d+").matcher(value(json, "deviceVer"));
        Status.BAD_PARAM.unless(number.matches(), "CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION: deviceVer is no number");
        int version = Integer.parseInt(number.group());
        return new DeviceProperties(version >= LEAST_VERSION ? version / 10 : version, json);
    }

    private static String value(String json, String key) {
        Matcher found = Pattern.compile("\"" + key + "\"\\s*:\\s*([^,}\\]]+)").matcher(json);
        return found.find() ? found.group(1).strip() : null;
    }
}
