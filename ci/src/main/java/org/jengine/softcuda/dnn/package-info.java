/** cuDNN's graph interface and the older calls, with the real planner's rules. */
package org.jengine.softcuda.dnn;
