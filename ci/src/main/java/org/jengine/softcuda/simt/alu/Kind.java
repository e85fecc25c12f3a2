package org.jengine.softcuda.simt.alu;

/** What a register or value is held in. 8- and 16-bit values (f16, bf16 too) lie zero-extended in an int; f16x2 and bf16x2 in an int. */
public enum Kind { I32, I64, F32, F64, PRED }
