/** What streams carry: operations, and the turns in which they are performed. */
package org.jengine.softcuda.work;
