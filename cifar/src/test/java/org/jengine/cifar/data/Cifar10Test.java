package org.jengine.cifar.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jengine.kernels.Shape;
import org.jengine.nn.ImageData.Split;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Cifar10Test {
    @TempDir
    Path dir;

    private static Cifar10 open(Path path) {
        return Cifar10.open(path, Fixture.LAYOUT, true);
    }

    private Path archive(Map<String, byte[]> files) {
        return Fixture.write(dir.resolve("any-name.tar.gz"), Fixture.archive(files));
    }

    private static void assertRefused(Path path, String... words) {
        String message = assertThrows(DataCorrupt.class, () -> open(path)).getMessage();
        for (String word : words) {
            assertTrue(message.contains(word), () -> "'" + word + "' not in: " + message);
        }
        assertTrue(message.contains(path.getFileName().toString()), message);
    }

    @Test
    void imagesAreInterleavedAndInFileOrder() {
        Cifar10 data = open(Fixture.folder(dir.resolve("x"), Fixture.files()));
        assertEquals("CIFAR-10", data.name());
        assertEquals(Shape.of(32, 32, 3), data.image());
        assertEquals(5 * Fixture.RECORDS, data.count(Split.TRAIN));
        assertEquals(Fixture.RECORDS, data.count(Split.VALIDATION));
        assertEquals("ship", data.classes().get(8));
        for (Split split : Split.values()) {
            int n = data.count(split);
            ByteBuffer content = ByteBuffer.wrap(Fixture.content(data, split));
            for (int i = 0; i < n; i++) {
                int file = split == Split.TRAIN ? i / Fixture.RECORDS : 5;
                int record = i % Fixture.RECORDS;
                for (int p = 0; p < Layout.IMAGE; p++) {
                    assertEquals(Fixture.pixel(file, record, p % 3, p / 96, p / 3 % 32), content.get());
                }
            }
            for (int i = 0; i < n; i++) {
                int file = split == Split.TRAIN ? i / Fixture.RECORDS : 5;
                assertEquals(Fixture.label(file, i % Fixture.RECORDS), content.get());
            }
        }
    }

    @Test
    void everyFormGivesTheSame() {
        Path folder = Fixture.folder(dir.resolve("a/" + Layout.FOLDER), Fixture.files());
        Fixture.folder(dir.resolve("b"), Map.of(Layout.ARCHIVE, Fixture.archive(Fixture.files())));
        Path tar = Fixture.write(dir.resolve("cifar-10-binary.tar"), Fixture.tar("other-folder", Fixture.files()));
        Path archive = archive(Fixture.files());
        Cifar10 first = open(folder);
        List<Cifar10> others = List.of(open(dir.resolve("a")), open(dir.resolve("b")), open(tar), open(archive),
            Cifar10.open(archive, Fixture.LAYOUT, false));
        for (Cifar10 other : others) {
            assertEquals(first.fingerprint(), other.fingerprint());
            assertEquals(first.files(), other.files());
            for (Split split : Split.values()) {
                assertArrayEquals(Fixture.content(first, split), Fixture.content(other, split), other.source());
            }
        }
    }

    @Test
    void fingerprintFollowsTheBytes() {
        Map<String, byte[]> files = Fixture.files();
        String before = open(archive(files)).fingerprint();
        assertTrue(before.matches("sha256:[0-9a-f]{64}"), before);
        files.get("test_batch.bin")[5]++;
        assertFalse(before.equals(open(archive(files)).fingerprint()));
    }

    @Test
    void copiesAPrefixToWhereTheBuffersStand() {
        for (boolean keep : new boolean[] {true, false}) {
            Cifar10 data = Cifar10.open(archive(Fixture.files()), Fixture.LAYOUT, keep);
            byte[] whole = Fixture.content(data, Split.TRAIN);
            int n = Fixture.RECORDS + 3;
            ByteBuffer images = ByteBuffer.allocateDirect(n * Layout.IMAGE + 20).position(9);
            ByteBuffer labels = ByteBuffer.allocate(n + 8).position(4);
            data.copyFirst(Split.TRAIN, n, images, labels);
            assertEquals(9 + n * Layout.IMAGE, images.position());
            assertEquals(4 + n, labels.position());
            byte[] got = new byte[n * Layout.IMAGE];
            images.get(9, got);
            assertArrayEquals(Arrays.copyOf(whole, got.length), got);
            assertEquals(0, images.get(8));
            assertEquals(0, images.get(9 + n * Layout.IMAGE));
            assertArrayEquals(Arrays.copyOf(data.labels(Split.TRAIN), n), Arrays.copyOfRange(labels.array(), 4, 4 + n));
        }
    }

    @Test
    void buffersTooSmallAreRefusedUntouched() {
        Cifar10 data = open(archive(Fixture.files()));
        ByteBuffer images = ByteBuffer.allocate(Fixture.RECORDS * Layout.IMAGE - 1);
        ByteBuffer labels = ByteBuffer.allocate(Fixture.RECORDS);
        assertThrows(IllegalArgumentException.class, () -> data.copyTo(Split.VALIDATION, images, labels));
        assertThrows(IllegalArgumentException.class,
            () -> data.copyFirst(Split.VALIDATION, Fixture.RECORDS + 1, ByteBuffer.allocate(1 << 20), ByteBuffer.allocate(1000)));
        assertEquals(0, images.position());
        assertEquals(0, labels.position());
    }

    @Test
    void missingFilesAreNamed() {
        Map<String, byte[]> files = Fixture.files();
        files.keySet().removeAll(List.of("data_batch_3.bin", "test_batch.bin"));
        assertRefused(Fixture.folder(dir.resolve("x"), files), "lacks data_batch_3.bin, test_batch.bin", "jengine data fetch");
        assertRefused(archive(files), "lacks data_batch_3.bin, test_batch.bin", Downloader.OFFICIAL);
    }

    @Test
    void shortFileSaysWhatIsMissing() {
        Map<String, byte[]> files = Fixture.files();
        files.computeIfPresent("data_batch_2.bin", (name, bytes) -> Arrays.copyOf(bytes, 60 * Layout.RECORD + 5));
        String[] words = {"data_batch_2.bin", (60 * Layout.RECORD + 5) + " bytes instead of " + Fixture.LAYOUT.fileBytes(),
            "10 of 70 records are missing"};
        assertRefused(Fixture.folder(dir.resolve("x"), files), words);
        assertRefused(archive(files), words);
        files.put("data_batch_2.bin", new byte[71 * Layout.RECORD]);
        assertRefused(archive(files), "3073 bytes too many");
    }

    @Test
    void publishedSizeIsTheOneInTheSpecification() {
        assertEquals(30_730_000, Layout.CIFAR10.fileBytes());
        assertEquals(50_000, Layout.CIFAR10.count(Split.TRAIN));
        Map<String, byte[]> files = Fixture.files();
        String message = assertThrows(DataCorrupt.class, () -> Cifar10.open(archive(files))).getMessage();
        assertTrue(message.contains("9930 of 10000 records are missing"), message);
    }

    @Test
    void labelOutOfRangeIsPlaced() {
        Map<String, byte[]> files = Fixture.files();
        files.get("data_batch_4.bin")[66 * Layout.RECORD] = (byte) 200;
        String[] words = {"data_batch_4.bin", "record 66", "byte " + 66 * Layout.RECORD, "label 200"};
        assertRefused(Fixture.folder(dir.resolve("x"), files), words);
        assertRefused(archive(files), words);
    }

    @Test
    void cutOffArchiveSaysWhere() {
        byte[] whole = Fixture.archive(Fixture.files());
        Path path = Fixture.write(dir.resolve("cut.tar.gz"), Arrays.copyOf(whole, whole.length / 2));
        assertRefused(path, "cut off", "ends after " + whole.length / 2 + " bytes", "data_batch_", "delete it");
        byte[] tar = Fixture.tar(Layout.FOLDER, Fixture.files());
        assertRefused(Fixture.write(dir.resolve("cut.tar"), Arrays.copyOf(tar, tar.length / 2)), "data_batch_", "delete it");
    }

    @Test
    void damagedArchiveSaysWhere() {
        byte[] damaged = Fixture.archive(Fixture.files());
        Arrays.fill(damaged, damaged.length / 2, damaged.length / 2 + 64, (byte) 0xff);
        String[] words = {"damaged near byte", "data_batch_", "delete it"};
        assertRefused(Fixture.write(dir.resolve("bad.tar.gz"), damaged), words);
    }

    @Test
    void oneWrongBitIsFoundByTheChecksumAtTheEnd() {
        byte[] damaged = Fixture.archive(Fixture.files());
        damaged[damaged.length - 6] ^= 1;
        assertRefused(Fixture.write(dir.resolve("bad.tar.gz"), damaged), "damaged near byte");
    }

    @Test
    void fileTwiceInTheArchiveIsRefused() {
        byte[] once = Fixture.tar(Layout.FOLDER, Fixture.files());
        byte[] again = Fixture.tar("copy", Map.of("data_batch_1.bin", Fixture.file(0)));
        // Two blocks of zeros end a tar; without them the second archive goes on from the first.
        int end = 512 + 1024 + 6 * ((Fixture.RECORDS * Layout.RECORD + 511) / 512 + 1) * 512;
        byte[] both = Arrays.copyOf(once, end + again.length);
        System.arraycopy(again, 0, both, end, again.length);
        assertRefused(Fixture.write(dir.resolve("twice.tar"), both), "holds copy/data_batch_1.bin twice");
    }

    @Test
    void webPageIsCalledOne() {
        for (String page : List.of("<!DOCTYPE html><html>log in</html>", "\n <HTML><body>404</body></HTML>")) {
            Path path = Fixture.write(dir.resolve("cifar-10-binary.tar.gz"), page.getBytes());
            assertRefused(path, "a web page, not the archive");
        }
    }

    @Test
    void otherFormsAreRecognised() {
        Map<String, byte[]> pickles = Map.of("data_batch_1", new byte[9], "batches.meta", new byte[9]);
        Map<String, byte[]> hundred = Map.of("train.bin", new byte[9], "fine_label_names.txt", new byte[9]);
        Map<String, byte[]> matlab = Map.of("data_batch_1.mat", new byte[9]);
        assertRefused(Fixture.folder(dir.resolve("py"), pickles), "Python form", Layout.ARCHIVE);
        assertRefused(Fixture.folder(dir.resolve("hundred"), hundred), "CIFAR-100", Layout.ARCHIVE);
        assertRefused(Fixture.folder(dir.resolve("mat"), matlab), "Matlab form", Layout.ARCHIVE);
        Fixture.folder(dir.resolve("above/cifar-10-batches-py"), pickles);
        assertRefused(dir.resolve("above"), "Python form");
        assertRefused(Fixture.write(dir.resolve("p.tar.gz"), Fixture.gzip(Fixture.tar("cifar-10-batches-py", pickles))), "Python form");
        assertRefused(Fixture.write(dir.resolve("h.tar.gz"), Fixture.gzip(Fixture.tar("cifar-100-binary", hundred))), "CIFAR-100");
    }

    @Test
    void recordsOfCifar100AreRecognisedByTheirSize() {
        Map<String, byte[]> files = Fixture.files();
        files.put("test_batch.bin", new byte[Fixture.RECORDS * 3074]);
        assertRefused(Fixture.folder(dir.resolve("x"), files), "3074 bytes, as CIFAR-100");
    }

    @Test
    void whatHoldsNothingIsRefused() {
        assertRefused(dir.resolve("nowhere"), "no file or folder");
        assertRefused(Fixture.folder(dir.resolve("empty"), Map.of()), "holds neither");
        assertRefused(Fixture.write(dir.resolve("empty.tar.gz"), new byte[0]), "is empty");
        assertRefused(Fixture.write(dir.resolve("some.zip"), new byte[] {'P', 'K', 3, 4, 5}), "no gzip or tar", "50 4b 03 04");
        assertRefused(Fixture.write(dir.resolve("data_batch_1.bin"), Fixture.file(0)), "one file of several", dir.toString());
        assertRefused(Fixture.write(dir.resolve("other.tar.gz"), Fixture.gzip(Fixture.tar("x", Map.of("a", new byte[3])))),
            "lacks data_batch_1.bin");
    }

    @Test
    void unevenClassesAreWarnedOf() {
        assertEquals(List.of(), open(archive(Fixture.files())).warnings());
        Map<String, byte[]> files = Fixture.files();
        for (int record = 0; record < Fixture.RECORDS; record++) {
            byte[] bytes = files.get("test_batch.bin");
            if (bytes[record * Layout.RECORD] == 3) {
                bytes[record * Layout.RECORD] = 9;
            }
        }
        List<String> warnings = open(archive(files)).warnings();
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.get(0).startsWith("class cat has 0 of 70 validation images"), warnings.get(0));
    }

    @Test
    void officialOnlyByChecksum() {
        Path folder = Fixture.folder(dir.resolve("x"), Fixture.files());
        List<String> hashes = open(folder).files().stream().map(DataSet.FileReport::sha256).toList();
        assertFalse(open(folder).official());
        assertTrue(Cifar10.open(folder, new Layout(Fixture.RECORDS, hashes), true).official());
        Layout published = new Layout(Fixture.RECORDS, Layout.CIFAR10.sha256());
        assertFalse(Cifar10.open(folder, published, true).official());
        assertEquals(6, Layout.CIFAR10.sha256().stream().distinct().filter(h -> h.matches("[0-9a-f]{64}")).count());
    }

    @Test
    void changeBehindTheReadersBackIsFound() {
        Map<String, byte[]> files = Fixture.files();
        Path folder = Fixture.folder(dir.resolve("x"), files);
        Cifar10 data = open(folder);
        files.get("test_batch.bin")[0] = 77;
        Fixture.folder(folder, files);
        assertThrows(DataCorrupt.class, () -> Fixture.content(data, Split.VALIDATION));
    }

    @Test
    void reportCountsClassesAndFiles() {
        DataReport report = open(archive(Fixture.files())).report();
        assertEquals(6, report.files().size());
        assertEquals("test_batch.bin", report.files().get(5).name());
        assertEquals(Fixture.LAYOUT.fileBytes(), report.files().get(5).bytes());
        assertEquals(new DataReport.ClassCount("cat", 35, 7), report.classes().get(3));
        assertEquals(350, report.train());
        assertEquals(70, report.validation());
        assertFalse(report.official());
    }
}
