/** Faults and how they are told. */
package org.jengine.softcuda.check;
