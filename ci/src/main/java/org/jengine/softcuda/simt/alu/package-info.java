/** What instructions compute, on arrays with an element for each lane. */
package org.jengine.softcuda.simt.alu;
