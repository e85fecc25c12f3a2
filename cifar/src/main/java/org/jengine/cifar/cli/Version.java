package org.jengine.cifar.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import picocli.CommandLine.IVersionProvider;

/** Which build this is, as its manifest says. */
public final class Version implements IVersionProvider {
    private static final String UNKNOWN = "unknown";

    /** The release; {@code unknown} where the classes do not come from the built jar. */
    public static String release() {
        return attribute(Attributes.Name.IMPLEMENTATION_VERSION.toString());
    }

    /** The commit it was built from, with {@code -dirty} behind it if files had been changed; {@code unknown} if the build did not tell. */
    public static String commit() {
        return attribute("Build-Commit");
    }

    /** {@code 17.0.15 (Debian)}. */
    public static String java() {
        return System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")";
    }

    /** {@code Linux 6.1 amd64}. */
    public static String system() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"jengine " + release() + ", commit " + commit(), "Java " + java() + ", " + system()};
    }

    private static String attribute(String name) {
        String self = Version.class.getName().replace('.', '/') + ".class";
        URL location = Version.class.getClassLoader().getResource(self);
        if (location == null || !location.getProtocol().equals("jar")) {
            return UNKNOWN;
        }
        String text = location.toString();
        try (InputStream in = URI.create(text.substring(0, text.length() - self.length()) + "META-INF/MANIFEST.MF").toURL().openStream()) {
            String value = new Manifest(in).getMainAttributes().getValue(name);
            return value == null || value.isBlank() ? UNKNOWN : value;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }
}
