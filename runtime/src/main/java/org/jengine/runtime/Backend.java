package org.jengine.runtime;

/** A kind of device. Found by {@link java.util.ServiceLoader}; see {@link Devices}. */
public interface Backend {
    /** The word on the command line: {@code host}, {@code cuda}, {@code opencl}. */
    String name();

    /** Looks for devices. Never throws: what is missing is said in the answer, with the remedy. */
    Probe probe();

    /**
     * Looks at all that the backend stands on, and tries one device: a few kernels are run and compared with their references. Takes a
     * second or two. What is wrong is said in the answer, with the remedy.
     *
     * @param request which device to try, the first if it does not say; and where libraries are looked for
     * @throws IllegalArgumentException if {@link DeviceRequest#which} is not in this backend's form
     */
    Diagnosis diagnose(DeviceRequest request);

    /**
     * Opens one of the devices that {@link #probe} lists.
     *
     * @throws IllegalArgumentException if {@link DeviceRequest#which} is not in this backend's form
     * @throws DeviceUnavailable        if it cannot be used, with the innermost cause and the remedy
     */
    Device open(DeviceRequest request);
}
