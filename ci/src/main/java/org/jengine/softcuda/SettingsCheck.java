package org.jengine.softcuda;

import org.jengine.softcuda.driver.Version;
import org.jengine.softcuda.gpu.GpuProfile;
import org.jengine.softcuda.gpu.ProfileException;
import org.jengine.softcuda.wire.Failures;

/** What ci/softcuda asks before it starts a program. */
public final class SettingsCheck {
    private SettingsCheck() {
    }

    /**
     * Prints what is wrong with the settings, or nothing. The arguments: profiles, names or files with commas between; the driver's
     * version, empty for the newest; the calls that shall fail.
     */
    public static void main(String[] arguments) {
        try {
            GpuProfile.ofList(arguments[0]);
            Version.of(arguments[1]);
            Failures.of(arguments[2]);
        } catch (ProfileException | IllegalArgumentException e) {
            System.out.println(e.getMessage());
        }
    }
}
