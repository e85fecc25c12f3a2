package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jengine.cifar.data.DataUnavailable.Reason;
import org.jengine.cifar.data.Located.Origin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataLocatorTest {
    @TempDir
    Path dir;

    private DataLocator locator(Map<String, String> environment, Downloader downloader) {
        return new DataLocator(environment, dir, "Linux", downloader);
    }

    private static Downloader from(URI address, byte[] file) {
        MessageDigest digest = Hash.sha256();
        digest.update(file);
        return new Downloader(address, Hash.hex(digest), Duration.ofSeconds(5), 2, Duration.ofMillis(1));
    }

    private Path good(String name) {
        return Fixture.folder(dir.resolve(name), Fixture.files());
    }

    @Test
    void namedPathComesFirst() {
        Map<String, String> environment = Map.of(DataLocator.VARIABLE, good("b").toString());
        Located found = locator(environment, null).locate(good("a").toString(), Progress.NONE, Fixture.LAYOUT);
        assertEquals(Origin.EXPLICIT, found.origin());
        assertEquals(dir.resolve("a").toString(), found.data().source());
        assertEquals(List.of(), found.notice());
    }

    @Test
    void thenTheEnvironmentThenTheCache() {
        good(".cache/jengine/" + Layout.FOLDER);
        Located found = locator(Map.of(DataLocator.VARIABLE, good("b").toString()), null).locate(null, Progress.NONE, Fixture.LAYOUT);
        assertEquals(Origin.ENVIRONMENT, found.origin());
        assertEquals(dir.resolve("b").toString(), found.data().source());
        found = locator(Map.of(DataLocator.VARIABLE, ""), null).locate(null, Progress.NONE, Fixture.LAYOUT);
        assertEquals(Origin.CACHE, found.origin());
        assertEquals(dir.resolve(".cache/jengine").resolve(Layout.FOLDER).toString(), found.data().source());
    }

    @Test
    void whatIsNamedAndWrongIsAnError() {
        good(".cache/jengine/" + Layout.FOLDER);
        String wrong = dir.resolve("wrong").toString();
        RuntimeException e = assertThrows(DataCorrupt.class, () -> locator(Map.of(), null).locate(wrong, Progress.NONE, Fixture.LAYOUT));
        assertTrue(e.getMessage().startsWith("--data: ") && e.getMessage().contains(wrong), e.getMessage());
        DataLocator variable = locator(Map.of(DataLocator.VARIABLE, wrong), null);
        e = assertThrows(DataCorrupt.class, () -> variable.locate(null, Progress.NONE, Fixture.LAYOUT));
        assertTrue(e.getMessage().startsWith("$JENGINE_DATA: ") && e.getMessage().contains(wrong), e.getMessage());
        e = assertThrows(DataCorrupt.class, () -> variable.locate("no\0path", Progress.NONE, Fixture.LAYOUT));
        assertTrue(e.getMessage().startsWith("--data: "), e.getMessage());
    }

    @Test
    void damagedCacheIsAnErrorToo() {
        Fixture.folder(dir.resolve(".cache/jengine"), Map.of(Layout.ARCHIVE, "<html>".getBytes()));
        assertThrows(DataCorrupt.class, () -> locator(Map.of(), null).locate(null, Progress.NONE, Fixture.LAYOUT));
    }

    @Test
    void syntheticCanBeNamed() {
        Located found = locator(Map.of(), null).locate("synthetic", Progress.NONE, Fixture.LAYOUT);
        assertEquals(Origin.EXPLICIT, found.origin());
        assertEquals(Synthetic.standard().fingerprint(), found.data().fingerprint());
        found = locator(Map.of(DataLocator.VARIABLE, "synthetic:77"), null).locate(null, Progress.NONE, Fixture.LAYOUT);
        assertEquals(Origin.ENVIRONMENT, found.origin());
        assertEquals(Synthetic.of(77).fingerprint(), found.data().fingerprint());
    }

    @Test
    void downloadGoesToTheCacheOnce() {
        byte[] archive = Fixture.archive(Fixture.files());
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, archive, "\"1\"", archive.length))) {
            DataLocator locator = locator(Map.of(), from(server.address(), archive));
            List<Long> seen = new ArrayList<>();
            assertEquals(Origin.DOWNLOAD, locator.locate(null, (bytes, total) -> seen.add(bytes), Fixture.LAYOUT).origin());
            assertEquals(archive.length, seen.get(seen.size() - 1));
            Located again = locator.locate(null, Progress.NONE, Fixture.LAYOUT);
            assertEquals(Origin.CACHE, again.origin());
            assertEquals(dir.resolve(".cache/jengine").resolve(Layout.ARCHIVE).toString(), again.data().source());
            assertEquals(1, server.ranges.size());
        }
    }

    @Test
    void withoutNetworkTheSyntheticSetWithCauseAndRemedy() {
        try (FileServer server = new FileServer((x, n) -> FileServer.send(x, 403, new byte[0]))) {
            for (Downloader downloader : new Downloader[] {null, from(server.address(), new byte[0])}) {
                Located found = locator(Map.of(), downloader).locate(null, Progress.NONE, Fixture.LAYOUT);
                assertEquals(Origin.SYNTHETIC, found.origin());
                assertEquals("synthetic", found.data().name());
                assertEquals(2, found.notice().size());
                String cause = downloader == null ? "the network was not to be used" : "status 403";
                assertTrue(found.notice().get(0).contains(cause), found.notice()::toString);
                assertTrue(found.notice().get(0).contains("synthetic"), found.notice()::toString);
                assertTrue(found.notice().get(1).contains("jengine data fetch"), found.notice()::toString);
                assertTrue(found.notice().get(1).contains(dir.resolve(".cache/jengine").resolve(Layout.ARCHIVE).toString()));
            }
        }
    }

    @Test
    void otherTroubleThanTheNetworkIsAnError() {
        byte[] archive = Fixture.archive(Fixture.files());
        try (FileServer server = new FileServer((x, n) -> FileServer.send(x, 200, "<html>log in</html>".getBytes()))) {
            DataLocator locator = locator(Map.of(), from(server.address(), archive));
            assertThrows(DataCorrupt.class, () -> locator.locate(null, Progress.NONE, Fixture.LAYOUT));
        }
        Fixture.write(dir.resolve("file"), new byte[1]);
        DataLocator noFolder = locator(Map.of("XDG_CACHE_HOME", dir.resolve("file").toString()), from(URI.create("http://127.0.0.1:1/"),
            archive));
        DataUnavailable e = assertThrows(DataUnavailable.class, () -> noFolder.locate(null, Progress.NONE, Fixture.LAYOUT));
        assertEquals(Reason.DISK, e.reason());
    }

    @Test
    void fetchNamesTheArchiveItMade() {
        byte[] archive = Fixture.archive(Fixture.files());
        try (FileServer server = new FileServer((x, n) -> FileServer.serve(x, archive, "\"1\"", archive.length))) {
            DataLocator locator = locator(Map.of(), from(server.address(), archive));
            assertEquals(dir.resolve("x").resolve(Layout.ARCHIVE), locator.fetch(dir.resolve("x"), Progress.NONE));
            assertTrue(Files.isRegularFile(dir.resolve("x").resolve(Layout.ARCHIVE)));
            assertFalse(Files.exists(locator.cache()));
            assertEquals(locator.cache().resolve(Layout.ARCHIVE), locator.fetch(null, Progress.NONE));
        }
    }

    @Test
    void cacheFolderOfEachSystem() {
        Path home = Path.of("home");
        assertEquals(home.resolve(".cache/jengine"), new DataLocator(Map.of(), home, "Linux", null).cache());
        assertEquals(Path.of("x/jengine"), new DataLocator(Map.of("XDG_CACHE_HOME", "x"), home, "FreeBSD", null).cache());
        assertEquals(home.resolve("Library/Caches/jengine"), new DataLocator(Map.of(), home, "Mac OS X", null).cache());
        assertEquals(Path.of("local/jengine"), new DataLocator(Map.of("LOCALAPPDATA", "local"), home, "Windows 11", null).cache());
        assertEquals(home.resolve("AppData/Local/jengine"), new DataLocator(Map.of(), home, "Windows 11", null).cache());
    }
}
