# Makes the C of plain functions out of a list: a line for each, its name and what its arguments are, in the order of the C signature.
#
#   i    32 bits: int, unsigned, an enum         >i   a place for 32 bits         ?i   one that may be null
#   l    64 bits: a handle, an address, a size   >l   a place for 64 bits         ?l   one that may be null
#   f d  float, double                           >f >d                            ?f ?d
#   s    a C string
#   b40  a struct of 40 bytes, passed as it is     >b40 ?b40  a place for one
#   v    an array of 64-bit values; the next argument, an l, counts them
#
# What is passed goes to the device in that order, and the places are filled in that order from what comes back. A null where a place must
# be is answered with the library's own status for a wrong value. A name alone is a function that is not provided.
#
#   awk -v unsupported=801 -v invalid=1 -f calls.awk cuda.calls >calls.c

BEGIN {
    print "#include \"softcuda.h\"\n"
    type["i"] = "int32_t"; type["l"] = "uint64_t"; type["f"] = "float"; type["d"] = "double"; type["s"] = "const char *"
    type["b"] = "const void *"; type["v"] = "const uint64_t *"
    suffix["i"] = "i32"; suffix["l"] = "i64"; suffix["f"] = "f32"; suffix["d"] = "f64"; suffix["s"] = "string"
}

/^[ \t]*(#|$)/ { next }

{
    list = ""; put = ""; test = ""; take = ""
    for (i = 2; i <= NF; i++) {
        word = $i
        mark = ""
        if (word ~ /^[>?]/) {
            mark = substr(word, 1, 1)
            word = substr(word, 2)
        }
        kind = substr(word, 1, 1)
        size = substr(word, 2)
        if (!(kind in type) || (kind == "b") != (size ~ /^[1-9][0-9]*$/) || (kind != "b" && size != "") \
                || (kind ~ /[sv]/ && mark != "") || (kind == "v" && $(i + 1) != "l")) {
            print FILENAME ":" FNR ": " $i " is no kind of argument" >"/dev/stderr"
            exit 1
        }
        name = "a" (i - 1)
        list = list (i > 2 ? ", " : "") (mark == "" ? type[kind] " " : kind == "b" ? "void *" : type[kind] " *") name
        if (kind == "b" && mark == "") {
            put = put "    softcuda_bytes(" name ", " size ");\n"
        } else if (kind == "v") {
            put = put "    softcuda_bytes(" name ", 8 * a" i ");\n"
        } else if (mark == "") {
            put = put "    softcuda_" suffix[kind] "(" name ");\n"
        } else {
            if (mark == ">") {
                test = test (test == "" ? "" : " || ") "!" name
            }
            if (kind == "b") {
                take = take "        softcuda_copy_bytes(" name ", " size ");\n"
                continue
            }
            take = take "        " type[kind] " v" (i - 1) " = softcuda_get_" suffix[kind] "();\n"
            take = take "        if (" name ") {\n            *" name " = v" (i - 1) ";\n        }\n"
        }
    }
    print "SOFTCUDA_API int " $1 "(" (list == "" ? "void" : list) ") {"
    if (test != "") {
        print "    if (" test ") {\n        return " invalid ";\n    }"
    }
    print "    softcuda_begin(\"" $1 "\");"
    printf "%s", put
    print "    int status = softcuda_send(" unsupported ");"
    if (take != "") {
        print "    if (status == 0) {"
        printf "%s", take
        print "    }"
    }
    print "    return status;\n}\n"
}
