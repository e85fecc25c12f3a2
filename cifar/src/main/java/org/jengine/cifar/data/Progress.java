package org.jengine.cifar.data;

/** Told how far a download is. */
@FunctionalInterface
public interface Progress {
    Progress NONE = (bytes, total) -> { };

    /**
     * @param bytes got so far, those of an earlier attempt included
     * @param total expected, or -1 if the server does not say
     */
    void at(long bytes, long total);
}
