/** PTX text: its parts, its instructions, what a module declares. */
package org.jengine.softcuda.ptx;
