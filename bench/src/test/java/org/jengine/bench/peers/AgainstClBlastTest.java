package org.jengine.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jengine.bench.OpenCl;
import org.jengine.runtime.DeviceUnavailable;
import org.junit.jupiter.api.Test;

/** That the comparison runs and its two sides agree; its figures are for quiet machines. */
class AgainstClBlastTest {
    @Test
    void bothSidesGiveTheSameProducts() {
        OpenCl.assumeThere();
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "CLBlast's binding for opencl has no natives but for x86-64");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        AgainstClBlast.compare("opencl", 1, 3, true, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        String text = bytes.toString(StandardCharsets.UTF_8);
        String figures = " +[0-9]+ +[0-9]+ +[0-9]+ +[0-9.]+ +[0-9.]+  [0-9.]+ \\([0-9.]+ to [0-9.]+\\) +[0-9]e[-+][0-9]+";
        assertEquals(9, text.lines().filter(l -> l.matches("dense (forward|data gradient|weight gradient) .*" + figures)).count(), text);
        assertEquals(18, text.lines().filter(l -> l.matches("(forward|data gradient|weight gradient) .*" + figures)).count(), text);
    }

    @Test
    void aDeviceThatIsNotThereIsNamed() {
        OpenCl.assumeThere();
        assertThrows(DeviceUnavailable.class, () -> AgainstClBlast.main("opencl:999.0"));
    }
}
