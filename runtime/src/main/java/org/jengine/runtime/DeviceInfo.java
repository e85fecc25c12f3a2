package org.jengine.runtime;

import java.util.Map;

/**
 * What a device is.
 *
 * @param id      as it is named on the command line: {@code host}, {@code cuda:0}
 * @param name    the maker's name for it
 * @param memory  bytes of memory that can be had
 * @param details further facts worth printing and recording, such as library versions, in order
 */
public record DeviceInfo(String id, String name, long memory, Map<String, String> details) {
}
