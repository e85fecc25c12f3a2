package org.jengine.softcuda.ptx;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes one module's text of several: what is private to one of them keeps apart from what has the same name in another. */
public final class Linking {
    /** Source files are numbered in each module anew. */
    private static final int FILES = 10_000;
    private static final Pattern HEADER = Pattern.compile(
            "\\.version\\s+[\\d.]+|\\.target\\s+\\w+(\\s*,\\s*\\w+)*|\\.address_size\\s+\\d+");
    private static final Pattern FILE = Pattern.compile("(\\.file\\s+|\\.loc\\s+|inlined_at\\s+)(\\d+)");

    private final List<String> parts = new ArrayList<>();
    private final Set<String> taken = new HashSet<>();
    private String version = "";
    private String target = "";
    private int newest;
    private int highest;

    /**
     * Adds a module.
     *
     * @throws PtxException if the text is none
     */
    public void add(String text) {
        PtxModule module = PtxModule.parse(text);
        if (module.version() > newest) {
            newest = module.version();
            version = ".version " + newest / 10 + "." + newest % 10;
        }
        if (module.capability() > highest) {
            highest = module.capability();
            target = ".target " + module.target();
        }
        int number = parts.size();
        String part = HEADER.matcher(text).replaceAll("");
        Set<String> names = new HashSet<>();
        module.variables().forEach(variable -> names.add(variable.name()));
        module.functions().forEach(function -> names.add(function.name()));
        for (String name : names) {
            if (!module.shared().contains(name) && taken.contains(name)) {
                Pattern word = Pattern.compile("(?<![\\w$%.])" + Pattern.quote(name) + "(?![\\w$])");
                part = word.matcher(part).replaceAll(Matcher.quoteReplacement(name + "$" + number));
            }
        }
        taken.addAll(names);
        parts.add(FILE.matcher(part).replaceAll(m -> m.group(1) + (Integer.parseInt(m.group(2)) + FILES * number)));
    }

    /** Whether nothing was added. */
    public boolean empty() {
        return parts.isEmpty();
    }

    /** The module: of the latest of the versions and the highest of the targets. Whether it is whole shows when it is loaded. */
    public String text() {
        return version + "\n" + target + "\n.address_size 64\n" + String.join("\n", parts);
    }
}
