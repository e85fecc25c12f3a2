package org.jengine.softcuda.driver;

import org.jengine.softcuda.check.Report;

/** The driver's statuses (CUresult) that are answered here. */
final class Status {
    static final int SUCCESS = 0;
    static final int INVALID_VALUE = 1;
    static final int OUT_OF_MEMORY = 2;
    static final int NOT_INITIALIZED = 3;
    static final int INVALID_DEVICE = 101;
    static final int INVALID_IMAGE = 200;
    static final int INVALID_CONTEXT = 201;
    static final int NO_BINARY_FOR_GPU = 209;
    static final int ECC_UNCORRECTABLE = 214;
    static final int UNSUPPORTED_LIMIT = 215;
    static final int INVALID_PTX = 218;
    static final int UNSUPPORTED_PTX_VERSION = 222;
    static final int FILE_NOT_FOUND = 301;
    static final int INVALID_HANDLE = 400;
    static final int ILLEGAL_STATE = 401;
    static final int NOT_FOUND = 500;
    static final int NOT_READY = 600;
    static final int ILLEGAL_ADDRESS = 700;
    static final int LAUNCH_OUT_OF_RESOURCES = 701;
    static final int LAUNCH_TIMEOUT = 702;
    static final int PEER_ACCESS_ALREADY_ENABLED = 704;
    static final int PEER_ACCESS_NOT_ENABLED = 705;
    static final int PRIMARY_CONTEXT_ACTIVE = 708;
    static final int CONTEXT_IS_DESTROYED = 709;
    static final int ASSERT = 710;
    static final int HOST_MEMORY_ALREADY_REGISTERED = 712;
    static final int HOST_MEMORY_NOT_REGISTERED = 713;
    static final int HARDWARE_STACK_ERROR = 714;
    static final int ILLEGAL_INSTRUCTION = 715;
    static final int MISALIGNED_ADDRESS = 716;
    static final int LAUNCH_FAILED = 719;
    static final int COOPERATIVE_LAUNCH_TOO_LARGE = 720;
    static final int NOT_SUPPORTED = 801;
    static final int CAPTURE_UNSUPPORTED = 900;
    static final int CAPTURE_INVALIDATED = 901;
    static final int CAPTURE_MERGE = 902;
    static final int CAPTURE_UNMATCHED = 903;
    static final int CAPTURE_UNJOINED = 904;
    static final int CAPTURE_ISOLATION = 905;
    static final int CAPTURE_IMPLICIT = 906;
    static final int CAPTURED_EVENT = 907;
    static final int CAPTURE_WRONG_THREAD = 908;
    static final int GRAPH_EXEC_UPDATE_FAILURE = 910;
    static final int UNKNOWN = 999;

    private Status() {
    }

    /** Whether every call in the context answers the same from then on. */
    static boolean endsContext(int status) {
        return status == ECC_UNCORRECTABLE || status == ILLEGAL_ADDRESS || status == LAUNCH_TIMEOUT || status == ASSERT
                || status >= HARDWARE_STACK_ERROR && status <= LAUNCH_FAILED || status == UNKNOWN;
    }

    /** What a context answers for good after a fault. */
    static int of(Report.Rule rule) {
        return switch (rule) {
            case MISALIGNED -> MISALIGNED_ADDRESS;
            case ILLEGAL_INSTRUCTION -> ILLEGAL_INSTRUCTION;
            case BARRIER_DIVERGENCE -> LAUNCH_FAILED;
            case STUCK -> LAUNCH_TIMEOUT;
            default -> ILLEGAL_ADDRESS;
        };
    }
}
