package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class WantedTest {
    private static final int TURING = 7;
    private static final int BLACKWELL = 10;

    /** Who is told to build with a profile that brings what is too old again comes back no wiser. */
    @Test
    void theProfileIsNamedOnlyWhereWhatItBringsDoes() {
        for (Wanted wanted : Wanted.values()) {
            String old = wanted.remedy(wanted.needed(TURING));
            assertTrue(old.contains("-Pcuda-redist") && old.contains("--cuda-lib"), old);
            String recent = wanted.remedy(wanted.needed(BLACKWELL));
            assertFalse(recent.contains("-Pcuda-redist"), recent);
            assertTrue(recent.contains("--cuda-lib") && recent.contains("apt-get install"), recent);
            assertTrue(wanted.tooOld(wanted.redist(), BLACKWELL).contains(" is needed for a GPU of compute capability 10"));
            assertEquals("", wanted.tooOld(wanted.redist(), TURING));
        }
    }

    @Test
    void theProfileBringsTheVersionsThatAreStated() throws Exception {
        Matcher pinned = Pattern.compile("<cuda-redist.version>(\\d+)\\.(\\d+)-(\\d+)\\.(\\d+)-")
                .matcher(Files.readString(Path.of("..", "pom.xml")));
        assertTrue(pinned.find(), "the POM pins no version of the profile's jar");
        assertEquals(pinned.group(1) + "." + pinned.group(2), shorten(Wanted.CUBLAS));
        assertEquals(pinned.group(3) + "." + pinned.group(4), shorten(Wanted.CUDNN));
    }

    private static String shorten(Wanted wanted) {
        return Wanted.text(wanted.redist()).replaceFirst("\\.\\d+$", "");
    }
}
