# Makes the C of a library's plain functions out of a list: a line for each, its name and what its arguments are, in the order of the C
# signature. A name with a + after it stands for two functions: the name, and the name with _64, whose sizes have 64 bits.
#
#   i    32 bits: int, an enum                   l    64 bits: a handle, an address, a size_t
#   f d  float, double                           n    a size, which _64 functions have with 64 bits; sent with 64
#   s4   a pointer to a scalar of 4 bytes        s8   of 8 bytes        s@K  of the type that argument K says, counted from 1
#   A@K  an array of int, as many as argument K says
#   o    a place for what comes back; its address is sent, and the counted bytes of the answer are copied there
#
# What is passed goes to the device in that order, and the places are filled in that order. Scalars go through library_scalar, which the
# library's own C file has. A name alone is a function that is not provided.
#
#   awk -v unsupported=15 -f libraries.awk cublas/cublas.calls >calls.c

BEGIN {
    print "#include \"softcuda.h\"\n\n#include <string.h>\n"
    print "void library_scalar(uint64_t handle, const void *from, size_t bytes);\nsize_t library_scalar_bytes(int type);\n"
    print "static void fill(void *place) {\n    size_t count;\n    const void *bytes = softcuda_get_bytes(&count);"
    print "    if (place && count) {\n        memcpy(place, bytes, count);\n    }\n}\n"
    type["i"] = "int32_t "; type["l"] = "uint64_t "; type["f"] = "float "; type["d"] = "double "; type["o"] = "void *"
    type["s"] = "const void *"; type["A"] = "const int32_t *"
}

/^[ \t]*(#|$)/ { next }

function emit(function_name, wide,    i, kind, rest, name, list, put, take) {
    list = ""; put = ""; take = ""
    for (i = 2; i <= NF; i++) {
        kind = substr($i, 1, 1)
        rest = substr($i, 2)
        name = "a" (i - 1)
        if (kind == "n") {
            list = list (i > 2 ? ", " : "") (wide ? "int64_t " : "int32_t ") name
            put = put "    softcuda_i64((uint64_t) (int64_t) " name ");\n"
            continue
        }
        if (!(kind in type)) {
            print FILENAME ":" FNR ": " $i " is no kind of argument" >"/dev/stderr"
            exit 1
        }
        list = list (i > 2 ? ", " : "") type[kind] name
        if (kind == "i") put = put "    softcuda_i32(" name ");\n"
        if (kind == "l") put = put "    softcuda_i64(" name ");\n"
        if (kind == "f") put = put "    softcuda_f32(" name ");\n"
        if (kind == "d") put = put "    softcuda_f64(" name ");\n"
        if (kind == "s") {
            size = substr(rest, 1, 1) == "@" ? "library_scalar_bytes(a" substr(rest, 2) ")" : rest
            put = put "    library_scalar(a1, " name ", " size ");\n"
        }
        if (kind == "A") {
            count = "a" substr(rest, 2)
            put = put "    softcuda_bytes(" name ", " count " > 0 ? (size_t) " count " * sizeof(int32_t) : 0);\n"
        }
        if (kind == "o") {
            put = put "    softcuda_pointer(" name ");\n"
            take = take "        fill(" name ");\n"
        }
    }
    print "SOFTCUDA_API int " function_name "(" (list == "" ? "void" : list) ") {"
    print "    softcuda_begin(\"" function_name "\");"
    printf "%s", put
    if (take == "") {
        print "    return softcuda_send(" unsupported ");\n}\n"
        return
    }
    print "    int status = softcuda_send(" unsupported ");\n    if (status == 0) {"
    printf "%s", take
    print "    }\n    return status;\n}\n"
}

{
    both = sub(/\+$/, "", $1)
    emit($1, 0)
    if (both) {
        emit($1 "_64", 1)
    }
}
