package org.jengine.softcuda;

import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.gpu.ProfileException;

/** What ci/softcuda asks before and after the program. */
public final class Tool {
    private Tool() {
    }

    /** {@code profiles NAMES} prints what is wrong with the profiles, or nothing. */
    public static void main(String[] arguments) {
        switch (arguments[0]) {
            case "profiles" -> {
                try {
                    GpuProfile.ofList(arguments[1]);
                } catch (ProfileException e) {
                    System.out.println(e.getMessage());
                }
            }
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
