package org.jengine.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.jengine.runtime.Event;
import org.jengine.runtime.Launch;
import org.jengine.runtime.Stream;
import org.junit.jupiter.api.Test;

class LaunchesTest {
    private final List<String> calls = new ArrayList<>();

    private Stream stream(String name) {
        return fake(Stream.class, name);
    }

    private <T> T fake(Class<T> type, String name) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            if (method.getName().equals("toString") || method.getName().equals("name")) {
                return name;
            }
            calls.add(name + " " + method.getName() + " " + args[0]);
            return null;
        }));
    }

    private Launch launch(String name) {
        return stream -> calls.add(stream.name() + " " + name);
    }

    private Launches step() {
        Launches step = new Launches();
        step.add(launch("loss"));
        step.beside(launch("dw2"));
        step.beside(launch("db2"));
        step.add(launch("dx2"));
        step.beside(launch("dw1"));
        step.join();
        step.join();
        step.add(launch("update"));
        return step;
    }

    @Test
    void whatIsBesideWaitsForTheRowAndTheRowJoinsIt() {
        step().on(new Launches.Lanes(stream("row"), stream("beside"), fake(Event.class, "fork"), fake(Event.class, "join")));
        assertEquals(List.of("row loss", "row record fork", "beside await fork", "beside dw2", "beside db2", "row dx2",
                "row record fork", "beside await fork", "beside dw1", "beside record join", "row await join", "row update"), calls);
    }

    @Test
    void withoutASecondStreamAllIsOneRow() {
        step().on(Launches.Lanes.of(stream("row")));
        assertEquals(List.of("row loss", "row dw2", "row db2", "row dx2", "row dw1", "row update"), calls);
    }

    @Test
    void whatIsNotJoinedIsRefused() {
        Launches step = new Launches();
        step.beside(launch("dw"));
        assertThrows(IllegalStateException.class, () -> step.on(Launches.Lanes.of(stream("row"))));
        assertEquals(List.of(), calls);
    }
}
