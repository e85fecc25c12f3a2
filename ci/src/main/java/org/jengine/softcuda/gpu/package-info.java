/** What GPUs have: attributes, limits, speeds. */
package org.jengine.softcuda.gpu;
