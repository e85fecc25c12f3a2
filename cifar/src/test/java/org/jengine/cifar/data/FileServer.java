package org.jengine.cifar.data;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A local server whose way of answering each test chooses; it notes what was asked. */
final class FileServer implements AutoCloseable {
    /** Answers one request; {@code nth} counts from 0. */
    interface Answer {
        void to(HttpExchange exchange, int nth) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    /** The Range header of each request; {@code -} if it had none. */
    final List<String> ranges = new CopyOnWriteArrayList<>();

    FileServer(Answer answer) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            int nth;
            synchronized (ranges) {
                nth = ranges.size();
                String range = exchange.getRequestHeaders().getFirst("Range");
                ranges.add(range == null ? "-" : range);
            }
            try (exchange) {
                answer.to(exchange, nth);
            }
        });
        server.start();
    }

    URI address() {
        return URI.create("http://" + server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort() + "/file");
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    /** The rest of the file if a range of this version is asked for, else the whole; at most {@code limit} bytes before breaking off. */
    static void serve(HttpExchange exchange, byte[] file, String tag, int limit) throws IOException {
        serve(exchange, file, tag, limit, exchange.getRequestHeaders().getFirst("Range"));
    }

    static void serve(HttpExchange exchange, byte[] file, String tag, int limit, String range) throws IOException {
        boolean same = tag.equals(exchange.getRequestHeaders().getFirst("If-Range"));
        int from = range != null && same ? Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1")) : 0;
        exchange.getResponseHeaders().set("ETag", tag);
        if (from >= file.length) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + file.length);
            send(exchange, 416, new byte[0]);
            return;
        }
        if (from > 0) {
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (file.length - 1) + "/" + file.length);
        }
        exchange.sendResponseHeaders(from > 0 ? 206 : 200, file.length - from);
        OutputStream out = exchange.getResponseBody();
        out.write(Arrays.copyOfRange(file, from, Math.min(file.length, from + limit)));
        if (from + limit >= file.length) {
            out.close();
        } else {
            out.flush();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
