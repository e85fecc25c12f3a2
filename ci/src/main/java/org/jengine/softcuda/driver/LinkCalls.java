package org.jengine.softcuda.driver;

import java.nio.charset.StandardCharsets;
import org.jengine.softcuda.ptx.Linking;
import org.jengine.softcuda.ptx.PtxException;
import org.jengine.softcuda.wire.CallTable;
import org.jengine.softcuda.wire.CudaError;
import org.jengine.softcuda.wire.Reply;
import org.jengine.softcuda.wire.Request;

/** Linking several PTX texts into one image. What it hands out in place of machine code is PTX again, which modules are loaded from. */
final class LinkCalls {
    /** CUjitInputType. */
    private static final String[] TYPES = {"machine code", "PTX", "a fat binary", "an object file", "a library", "NVVM code"};
    private static final int PTX = 1;

    /** What was added so far, and whether it was handed out. */
    private static final class Link {
        private final Linking linking = new Linking();
        private boolean complete;
    }

    private final Driver driver;

    LinkCalls(Driver driver) {
        this.driver = driver;
    }

    void provide(CallTable calls) {
        driver.add(calls, "cuLinkCreate_v2", (request, reply) -> {
            driver.context(request);
            reply.i64(driver.handles().add(new Link()));
            return Status.SUCCESS;
        });
        driver.add(calls, "cuLinkAddData_v2", (request, reply) -> {
            Link link = open(request);
            requirePtx(request.i32());
            byte[] data = request.bytes();
            if (data == null || data.length == 0) {
                throw new CudaError(Status.INVALID_VALUE, "no data to link");
            }
            return add(link, data, reply);
        });
        driver.add(calls, "cuLinkAddFile_v2", (request, reply) -> {
            Link link = open(request);
            requirePtx(request.i32());
            return add(link, ModuleCalls.read(request.string()), reply);
        });
        driver.add(calls, "cuLinkComplete", this::complete);
        driver.add(calls, "cuLinkDestroy", (request, reply) -> {
            long handle = request.i64();
            driver.handles().get(request.name(), handle, Link.class);
            driver.handles().remove(handle, "a destroyed link");
            return Status.SUCCESS;
        });
    }

    private Link open(Request request) {
        driver.context(request);
        Link link = driver.handles().get(request.name(), request.i64(), Link.class);
        if (link.complete) {
            throw new CudaError(Status.INVALID_VALUE, request.name() + " to a link that is complete");
        }
        return link;
    }

    private static void requirePtx(int type) {
        if (type < 0 || type >= TYPES.length) {
            throw new CudaError(Status.INVALID_VALUE, "there is no input of type " + type);
        }
        if (type != PTX) {
            throw new CudaError(Status.NO_BINARY_FOR_GPU, TYPES[type] + " cannot be linked here; link PTX");
        }
    }

    /** Answers the information log and the error log. */
    private int add(Link link, byte[] data, Reply reply) {
        String text = ModuleCalls.text(data);
        String newer = ModuleCalls.newer(text, driver.setup().version().ptx());
        if (newer != null) {
            reply.string("").string(newer);
            return Status.UNSUPPORTED_PTX_VERSION;
        }
        try {
            link.linking.add(text);
            reply.string("").string("");
            return Status.SUCCESS;
        } catch (PtxException e) {
            reply.string("").string(e.getMessage() + "\n");
            return Status.INVALID_PTX;
        }
    }

    private int complete(Request request, Reply reply) {
        Link link = open(request);
        if (link.linking.empty()) {
            throw new CudaError(Status.INVALID_VALUE, "nothing was added to the link");
        }
        String text = link.linking.text();
        try {
            driver.setup().loader().load(text).unload();
        } catch (PtxException e) {
            throw new CudaError(Status.INVALID_IMAGE, "the inputs do not link: " + e.getMessage());
        }
        link.complete = true;
        reply.bytes((text + "\0").getBytes(StandardCharsets.ISO_8859_1));
        return Status.SUCCESS;
    }
}
