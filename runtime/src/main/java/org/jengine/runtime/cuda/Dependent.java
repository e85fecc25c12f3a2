package org.jengine.runtime.cuda;

/** What ends with the memory that it uses. */
interface Dependent {
    /** Frees what it holds itself, once. */
    void end();
}
