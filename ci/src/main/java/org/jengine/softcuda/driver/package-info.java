/** The driver interface: contexts, modules, memory, streams, events, graphs. */
package org.jengine.softcuda.driver;
