package org.jengine.cifar.data;

import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A response's body, one piece at a time. The JDK's own body readers wait for ever on a server that falls silent; this one does not. */
final class Pieces implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
    private record Event(List<ByteBuffer> piece, Throwable error) {
    }

    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private Flow.Subscription subscription;

    @Override
    public synchronized void onSubscribe(Flow.Subscription given) {
        subscription = given;
        given.request(1);
    }

    @Override
    public void onNext(List<ByteBuffer> piece) {
        events.add(new Event(piece, null));
    }

    @Override
    public void onError(Throwable error) {
        events.add(new Event(null, error));
    }

    @Override
    public void onComplete() {
        events.add(new Event(null, null));
    }

    /**
     * The next piece, or nothing at the end.
     *
     * @throws IOException if the body breaks off, or nothing comes for {@code patience}
     */
    Optional<List<ByteBuffer>> next(Duration patience) throws IOException, InterruptedException {
        Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (event == null) {
            throw new HttpTimeoutException("nothing came for " + patience.toSeconds() + " s");
        }
        if (event.error() != null) {
            throw new IOException(event.error().getMessage(), event.error());
        }
        if (event.piece() != null) {
            request();
        }
        return Optional.ofNullable(event.piece());
    }

    private synchronized void request() {
        subscription.request(1);
    }

    @Override
    public synchronized void close() {
        if (subscription != null) {
            subscription.cancel();
        }
    }
}
