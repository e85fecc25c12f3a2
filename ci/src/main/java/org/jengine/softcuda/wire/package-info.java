/** How the C libraries in the program and this process talk. */
package org.jengine.softcuda.wire;
