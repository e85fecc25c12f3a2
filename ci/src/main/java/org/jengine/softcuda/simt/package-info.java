/** Runs kernels: lanes in lock step, branches, barriers, memory. */
package org.jengine.softcuda.simt;
