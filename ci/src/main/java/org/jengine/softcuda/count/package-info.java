/** Counts what launches do: instructions, bytes, sectors, conflicts, and what time a GPU would need at least. */
package org.jengine.softcuda.count;
