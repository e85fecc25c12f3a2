package org.jengine.softcuda.gpu;

/** What ci/softcuda asks before it starts a program. */
public final class ProfileCheck {
    private ProfileCheck() {
    }

    /** Prints what is wrong with the profiles, or nothing. The argument: names and files with commas between. */
    public static void main(String[] arguments) {
        try {
            GpuProfile.ofList(arguments[0]);
        } catch (ProfileException e) {
            System.out.println(e.getMessage());
        }
    }
}
