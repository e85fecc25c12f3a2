package org.jengine.runtime.cuda;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jengine.runtime.spi.Lwjgl;
import org.lwjgl.system.APIUtil;
import org.lwjgl.system.SharedLibrary;

/**
 * Finds CUDA's libraries and loads them, before the binding's natives ask the system for them: it gives these whatever is loaded under the
 * name already. So the first that is loaded serves as long as the program runs.
 */
final class Finder {
    private static final Path MAPS = Path.of("/proc/self/maps");

    static {
        Lwjgl.prepare();
    }

    private final Places places;
    private final Redist redist;

    Finder(Places places, Redist redist) {
        this.places = places;
        this.redist = redist;
    }

    /** A library that is not to be had, and why. */
    private static final class Missing extends Exception {
        private final transient Path path;

        Missing(Path path, String why) {
            super(why);
            this.path = path;
        }
    }

    /**
     * Looks for a library and loads the first that is found: in the folder that the user names, where the system's loader looks, in the
     * toolkits, in a jar on the class path. One that is found and does not load ends the search, lest another is used in its place
     * unnoticed.
     *
     * @param major compute capability of the GPU that it is for
     */
    FoundLibrary find(Wanted wanted, int major) {
        Path path = null;
        String version = "";
        String fault = "";
        try {
            path = load(wanted);
            int number = version(wanted, path);
            version = Wanted.text(number);
            fault = wanted.tooOld(number, major);
            if (fault.isEmpty()) {
                fault = mixture(wanted, mapped());
            }
        } catch (Missing e) {
            path = e.path;
            fault = e.getMessage();
        }
        Path loaded = path == null ? null : Places.real(path);
        List<String> others = places.copies(wanted.file()).stream().filter(p -> !Places.real(p).equals(loaded)).map(Path::toString)
                .toList();
        return new FoundLibrary(wanted.title(), wanted.file(), path == null ? "" : path.toString(), version,
                fault.isEmpty() ? "" : fault + "\n" + wanted.remedy(wanted.needed(major)), others);
    }

    private Path load(Wanted wanted) throws Missing {
        if (places.named() != null && Files.exists(places.named().resolve(wanted.file()))) {
            return load(wanted, places.named().resolve(wanted.file()));
        }
        Optional<Path> known = byLoader(wanted);
        if (known.isPresent()) {
            return load(wanted, known.get());
        }
        Optional<Path> found = places.inToolkit(wanted.file());
        if (found.isEmpty()) {
            found = fromJar(wanted);
        }
        return load(wanted, found.orElseThrow(() -> new Missing(null, wanted.file() + " not found in " + tried())));
    }

    /** The one that the system takes, if there is one. */
    private Optional<Path> byLoader(Wanted wanted) throws Missing {
        SharedLibrary library;
        try {
            library = APIUtil.apiCreateLibrary(wanted.file());
        } catch (LinkageError e) {
            Optional<Path> there = places.loader().stream().map(f -> f.resolve(wanted.file())).filter(Files::exists).findFirst();
            if (there.isPresent()) {
                throw new Missing(there.get(), there.get() + " does not load: " + Driver.firstLine(e));
            }
            return Optional.empty();
        }
        String path = library.getPath();
        library.free();
        if (path == null) {
            throw new Missing(null, wanted.file() + " is loaded, and the system does not tell from where");
        }
        return Optional.of(Path.of(path));
    }

    private Optional<Path> fromJar(Wanted wanted) throws Missing {
        try {
            return redist.unpacked(wanted.file());
        } catch (IOException e) {
            throw new Missing(null, wanted.file() + " cannot be unpacked: " + e);
        }
    }

    private static Path load(Wanted wanted, Path file) throws Missing {
        try {
            for (String name : wanted.beside()) {
                Path other = Places.real(file).resolveSibling(name);
                if (Files.exists(other)) {
                    System.load(other.toString());
                }
            }
            System.load(file.toString());
            return file;
        } catch (LinkageError e) {
            throw new Missing(file, file + " does not load: " + Driver.firstLine(e));
        }
    }

    private static int version(Wanted wanted, Path file) throws Missing {
        SharedLibrary library = APIUtil.apiCreateLibrary(file.toString());
        try {
            return wanted.version(library);
        } catch (IllegalStateException e) {
            throw new Missing(file, file + " does not tell its version: " + e.getMessage());
        } finally {
            library.free();
        }
    }

    private String tried() {
        List<String> all = new ArrayList<>();
        if (places.named() != null) {
            all.add(places.named().toString());
        }
        all.add("the loader's path");
        all.addAll(places.toolkit().stream().filter(Files::isDirectory).map(Path::toString).toList());
        all.add("the class path");
        return String.join(", ", all);
    }

    /** The files that are mapped into this program; none where the system does not tell. */
    private static List<String> mapped() {
        try {
            return Files.readAllLines(MAPS);
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Why a library cannot be trusted: two copies are loaded, of which either may be called, or its pieces come from several folders.
     *
     * @param maps the lines of {@code /proc/self/maps}
     */
    static String mixture(Wanted wanted, List<String> maps) {
        Set<String> folders = new TreeSet<>();
        List<String> names = new ArrayList<>(wanted.beside());
        names.add(wanted.file());
        for (String name : names) {
            Pattern line = Pattern.compile(".* (/.*)/" + name.replaceFirst("[.0-9]+$", "").replace(".", "\\.") + "[.0-9]*");
            Set<String> here = new TreeSet<>();
            maps.stream().map(line::matcher).filter(Matcher::matches).forEach(m -> here.add(m.group(1)));
            if (here.size() > 1) {
                return name + " is loaded twice, from " + String.join(" and ", here) + ": take one out of the path, or start anew";
            }
            folders.addAll(here);
        }
        return folders.size() < 2 ? ""
                : "the pieces of " + wanted.title() + " are of different copies, from " + String.join(" and ", folders);
    }
}
