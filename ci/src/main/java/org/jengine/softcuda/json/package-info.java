/** Reads and writes JSON, as reports need it. */
package org.jengine.softcuda.json;
