package org.jengine.runtime.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlacesTest {
    private static final String FILE = "libcublas.so.12";

    @TempDir
    private Path root;

    private Path file(String folder) throws IOException {
        return Files.writeString(Files.createDirectories(root.resolve(folder)).resolve(FILE), folder);
    }

    @Test
    void theChosenToolkitComesFirstAndThenTheNewest() throws IOException {
        file("usr/local/cuda-12.10/lib64");
        file("usr/local/cuda-9.2/lib64");
        file("usr/local/cuda-12.6/targets/x86_64-linux/lib");
        file("usr/local/cudalike/lib64");
        Places places = Places.of("", Map.of(), root);
        assertNull(places.named());
        assertEquals(Optional.of(root.resolve("usr/local/cuda-12.10/lib64").resolve(FILE)), places.inToolkit(FILE));
        assertEquals(3, places.copies(FILE).size(), places.copies(FILE).toString());
        Files.createSymbolicLink(root.resolve("usr/local/cuda"), Path.of("cuda-12.6"));
        places = Places.of("", Map.of(), root);
        assertEquals(Optional.of(root.resolve("usr/local/cuda/targets/x86_64-linux/lib").resolve(FILE)), places.inToolkit(FILE));
        assertEquals(3, places.copies(FILE).size(), "links lead to one copy");
        assertEquals(Optional.empty(), places.inToolkit("libcudnn.so.9"));
    }

    @Test
    void theNamedFolderComesBeforeTheLoaders() throws IOException {
        Path named = file("mine");
        Path first = file("first");
        Path second = file("second");
        Path system = file("usr/lib64");
        Places places = Places.of(named.getParent().toString(),
                Map.of("LD_LIBRARY_PATH", first.getParent() + ":" + root.resolve("nothing") + "::\0:" + second.getParent()), root);
        assertEquals(List.of(named, first, second, system), places.copies(FILE));
        assertEquals(Optional.empty(), places.inToolkit(FILE));
    }

    @Test
    void aMachineWithoutAnythingHasNoCopy() {
        assertEquals(List.of(), Places.of("", Map.of(), root).copies(FILE));
    }
}
