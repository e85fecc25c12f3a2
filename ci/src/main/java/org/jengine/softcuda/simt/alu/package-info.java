/**
 * What instructions compute, on arrays with an element for each lane. {@link org.jengine.softcuda.simt.alu.Alu} finds an instruction's
 * form. The forms are stated group by group, in the classes called Ops and Conversions, as functions of one lane; Shapes are the types
 * of such functions with the loops over lanes, and Loops joins the two.
 */
package org.jengine.softcuda.simt.alu;
