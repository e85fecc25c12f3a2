/** Device memory: addresses, bytes, and what is known of each byte. */
package org.jengine.softcuda.memory;
