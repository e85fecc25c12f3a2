// Where the rows of the left matrix lie that a convolution multiplies with its filters, and that is never stored: row m is a pixel
// of the output, column (tap, t) is channel t of the input pixel under that tap. A dense layer is the case of one pixel and one tap.

// The image and the place in it of row m of the result.
typedef struct {
    int image;
    int row;
    int col;
} Place;

DEVICE Place place_of(int m, int outHeight, int outWidth) {
    Place place;
    place.image = m / (outHeight * outWidth);
    int rest = m - place.image * (outHeight * outWidth);
    place.row = rest / outWidth;
    place.col = rest - place.row * outWidth;
    return place;
}

// The first element of the input pixel that lies (down, right) of a place, or -1 where that is in the border of zeros.
DEVICE int under_tap(Place place, int down, int right, int height, int width, int depth) {
    int row = place.row + down;
    int col = place.col + right;
    bool inside = row >= 0 && row < height && col >= 0 && col < width;
    return inside ? ((place.image * height + row) * width + col) * depth : -1;
}
