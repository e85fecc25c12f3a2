/** cuBLAS' functions on device memory, with the real library's argument rules. */
package org.jengine.softcuda.blas;
