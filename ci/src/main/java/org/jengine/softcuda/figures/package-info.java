/** Tables of what the software device counted of training steps. */
package org.jengine.softcuda.figures;
